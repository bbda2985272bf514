using AutoGraph.Datasets;
using AutoGraph.Experiments;
using AutoGraph.Semantics.Encoding;
using Xunit;

namespace AutoGraph.Torch.Tests.Experiments;

[Collection(nameof(Sequential))]
public sealed class FigureTests
{
    private static readonly RunOptions Small = new() { Dataset = DataSets.Simulated, Seed = 1, Cache = null, Display = new LineDisplay(TextWriter.Null), Quantizer = Quantizer.ResidualKMeans };

    [Fact]
    public void LevelFigures_ThreeCodes_AreTheirLengthsAndDistances()
    {
        var level = LevelFigures.Of([3, 4, 3, 0, 0, 0], 2, .25);
        double norm = Math.Sqrt((25 + 9 + 0) / 3.0);
        Assert.Equal((3, .25), (level.Codes, level.RelativeError));
        Assert.Equal(norm, level.Norm, 12);
        Assert.Equal((4 + 3 + 3) / 3.0 / norm, level.Nearest, 12);
    }

    [Fact]
    public async Task CodebookFigure_SampleWorld_HasAPointForEveryCode()
    {
        var codes = new FigureCodes(Small, CancellationToken.None);
        var items = await codes.OfAsync("items");
        var figure = CodebookFigure.Of("world", "items", items, 1, CancellationToken.None);
        Assert.Equal(items.Fitted.LevelSizes, figure.Points.GroupBy(point => point.Level).Select(level => level.Count()));
        Assert.Equal(items.Fitted.LevelSizes, figure.Levels.Select(level => level.Codes));
        Assert.True(figure.Levels[0].RelativeError > figure.Levels[2].RelativeError);
        var report = CodebookFigureCommand.Write([("figure3-world-items-1", figure), ("figure3-world-users-1", null)], "");
        Assert.Equal(figure.Points.Length, report.Blocks.OfType<Picture>().Select(picture => picture.Plot).OfType<ScatterPlot>().Single().Series.Sum(series => series.Points.Count));
        Assert.Equal("not run", report.Blocks.OfType<DataTable>().Single().Rows[^1][1].Text);
    }

    [Fact]
    public async Task FactorSets_SampleWorld_SharesAreThoseOfTheTexts()
    {
        var codes = new FigureCodes(Small, CancellationToken.None);
        var (data, vectors) = await codes.VectorsAsync();
        var items = await codes.OfAsync("items");
        var drawn = FactorSets.Draw(data, vectors, items, count: 4, seed: 1);
        Assert.InRange(drawn.Sets.Length, 1, 4);
        foreach (var set in drawn.Sets)
        {
            int code = int.Parse(set.Id.Split('/')[1], System.Globalization.CultureInfo.InvariantCulture);
            int[] members = [.. Enumerable.Range(0, drawn.Items).Where(item => items.Codes.Row(item)[0] == code)];
            Assert.Equal(members.Length, set.Items);
            foreach (var term in set.Terms)
            {
                bool Has(int item) => Words.Of(vectors.ItemTexts[item], removeStopWords: true).Contains(term.Term);
                Assert.Equal((double)members.Count(Has) / members.Length, term.Share, 10);
                Assert.Equal((double)Enumerable.Range(0, drawn.Items).Except(members).Count(Has) / (drawn.Items - members.Length), term.Elsewhere, 10);
            }
        }
        string id = drawn.Sets[0].Id;
        var report = FactorSetCommand.Write([("world", drawn)], new Dictionary<string, string> { [id] = " Space heists\n" }, "");
        Assert.Contains(report.Blocks.OfType<Picture>(), picture => picture.Plot.Caption == $"{id}, {drawn.Sets[0].Items} items: Space heists");
        Assert.All(drawn.Sets, set => Assert.Contains(set.Typical[0], set.Prompt, StringComparison.Ordinal));
    }
}
