using AutoGraph.Experiments;
using AutoGraph.TestKit;
using Xunit;

namespace AutoGraph.Torch.Tests.Experiments;

public sealed class GaucGainsTests
{
    [Fact]
    public void Of_MethodWithFewerSeedsThanPlain_ComparesTheSeedsThatBothHave()
    {
        using var folder = new TempFolder();
        var plan = FakeRuns.Plan(folder.Path, "table2", ["none", "kar"], [1, 2]);
        foreach (var key in plan.Runs)
        {
            if (key.Method.Name == "kar" && key.Seed == 2) continue;
            double rank = (key.Method.Name, key.Seed) switch { ("kar", _) => 11, (_, 1) => 21, _ => 51 };        // GAUC .9; .8 and .5
            FakeRuns.Result(plan.OptionsOf(key), rank).Write(plan.FileOf(key));
        }
        var gain = Assert.Single(GaucGains.Of(new DirectoryInfo(folder.Path)));
        Assert.Equal("kar", gain.Key);
        Assert.Equal(0.9 / 0.8 - 1, gain.Value, 9);
    }

    [Fact]
    public void Of_SeveralPlainRunsOfASeed_CountAsTheirMean()
    {
        using var folder = new TempFolder();
        var plan = FakeRuns.Plan(folder.Path, "table2", ["none", "none:levels-2", "kar"], [1]);
        foreach (var (key, rank) in plan.Runs.Zip((double[])[21, 41, 11])) FakeRuns.Result(plan.OptionsOf(key), rank).Write(plan.FileOf(key));
        Assert.Equal(0.9 / 0.7 - 1, Assert.Single(GaucGains.Of(new DirectoryInfo(folder.Path))).Value, 9);
    }
}
