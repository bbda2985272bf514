using AutoGraph.Experiments;
using AutoGraph.TestKit;
using Xunit;

namespace AutoGraph.Torch.Tests.Experiments;

public sealed class KeptResultsTests
{
    private sealed record Figure(double Value, string[] Names);

    [Fact]
    public async Task GetAsync_SameSettings_MakesOnce()
    {
        using var folder = new TempFolder();
        int made = 0;
        for (int i = 0; i < 2; i++)
        {
            var figure = await new KeptResults(new(folder.Path), resume: true, reportOnly: false).GetAsync("one", "batch 1", () => Task.FromResult(new Figure(++made, ["ä"])));
            Assert.Equal(1, figure!.Value);
            Assert.Equal(["ä"], figure.Names);
        }
    }

    [Theory]
    [InlineData("batch 2", true)]
    [InlineData("batch 1", false)]
    public async Task GetAsync_OtherSettingsOrNoResume_MakesAnew(string settings, bool resume)
    {
        using var folder = new TempFolder();
        await new KeptResults(new(folder.Path), true, false).GetAsync("one", "batch 1", () => Task.FromResult(new Figure(1, [])));
        var again = await new KeptResults(new(folder.Path), resume, false).GetAsync("one", settings, () => Task.FromResult(new Figure(2, [])));
        Assert.Equal(2, again!.Value);
    }

    [Fact]
    public async Task GetAsync_ReportOnly_MakesNothing()
    {
        using var folder = new TempFolder();
        Assert.Null(await new KeptResults(new(folder.Path), true, reportOnly: true).GetAsync<Figure>("one", "", () => throw new InvalidOperationException("made")));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task GetAsync_MakingFails_KeepsNothing()
    {
        using var folder = new TempFolder();
        await Assert.ThrowsAsync<InvalidOperationException>(() => new KeptResults(new(folder.Path), true, false).GetAsync<Figure>("one", "", () => throw new InvalidOperationException("no")));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }
}
