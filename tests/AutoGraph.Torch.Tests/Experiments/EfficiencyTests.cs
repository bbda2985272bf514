using AutoGraph.Datasets;
using AutoGraph.Experiments;
using AutoGraph.TestKit;
using Xunit;

namespace AutoGraph.Torch.Tests.Experiments;

[Collection(nameof(Sequential))]
public sealed class EfficiencyTests
{
    private static readonly RunOptions Small = new() { Dataset = DataSets.Simulated, Cache = null, Display = new LineDisplay(TextWriter.Null), Quantizer = Quantizer.ResidualKMeans, World = new SampleWorldOptions { Readers = 120, Books = 60 } };

    [Fact]
    public async Task MeasureAsync_SmallWorld_CountsCallsAndTimesEveryStep()
    {
        var data = ExperimentData.Load(Small, CancellationToken.None);
        var timing = new ConstructionTiming(Small, candidates: 7, nodes: 10, CancellationToken.None);
        Assert.True(await timing.ProjectHoursAsync() > 0);
        var all = await timing.MeasureAsync();
        Assert.Equal(["lightgcn", "ccgnn", "topoi2i", "autograph"], all.Select(construction => construction.Method));
        Assert.Equal([0, 0, 7L * data.All.Items.Count, data.All.Items.Count + data.All.Users.Count], all.Select(construction => construction.InitialCalls));
        Assert.Equal([null, 0, 7, 1], all.Select(construction => construction.IncrementalCalls));
        Assert.All(all.SelectMany(construction => construction.Initial.Concat(construction.Incremental)), step => Assert.True(step.Seconds > 0, step.Name));

        using var folder = new TempFolder();
        var plan = FakeRuns.Plan(folder.Path, "table2", ["none", "autograph", "autograph:no-ui"], [1]);
        FakeRuns.Store(plan, 0, 51);        // GAUC .5
        FakeRuns.Store(plan, 1, 41);        // .6
        var report = EfficiencyReport.Write([(DataSets.Simulated, all), ("ml-1m", null)], callsPerSecond: 0.5, "texts", new(folder.Path));
        var table = report.Blocks.OfType<DataTable>().First();
        Assert.Equal(all[3].InitialSeconds / 3600 + 2 * all[3].InitialCalls / 3600.0, table.Rows[3][4].Value!.Value, 1e-9);
        Assert.Equal(all[2].IncrementalSeconds + 14, table.Rows[2][8].Value!.Value, 9);
        Assert.Equal("+20.00 %", table.Rows[3][9].Text);
        Assert.Equal(("not run", "190 h"), (report.Blocks.OfType<DataTable>().Last().Rows[2][1].Text, report.Blocks.OfType<DataTable>().Last().Rows[2][10].Text));
    }

    [Fact]
    public void Of_MovieLens1M_HasTheStatisticsOfThePaper()
    {
        string? folder = SharedData.Find("data/ml-1m");
        Assert.SkipWhen(folder is null, SharedData.Absent("data/ml-1m"));
        var found = DataStatistics.Of(ExperimentData.Load(new() { Dataset = "ml-1m", Data = new(folder) }, CancellationToken.None));
        Assert.Equal((6_038, 3_533, 545_102, 6_028), (found.Users, found.Items, found.Samples, found.Test));     // the paper counts 12 rows twice
        Assert.Equal((9_506, 5, 7_084, 3), (found.UserFeatures, found.UserFields, found.ItemFeatures, found.ItemFields));
        var table = StatisticsCommand.Write([("ml-1m", found), ("lastfm", null)]).Blocks.OfType<DataTable>().Single();
        Assert.Equal(["ml-1m here", "ml-1m paper", "lastfm not run", "book-crossing paper", "Amazon-Books (not here) paper"], table.Rows.Select(row => $"{row[0].Text} {row[1].Text}"));
    }
}
