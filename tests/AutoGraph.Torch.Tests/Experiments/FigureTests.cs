using System.Text.Json;
using AutoGraph.Datasets;
using AutoGraph.Experiments;
using AutoGraph.Semantics.Encoding;
using AutoGraph.TestKit;
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
            int code = int.Parse(set.Factor.Split('/')[1], System.Globalization.CultureInfo.InvariantCulture);
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
        Assert.Contains(report.Blocks.OfType<Picture>(), picture => picture.Plot.Caption == $"{drawn.Sets[0].Factor}, {drawn.Sets[0].Items} items: Space heists");
        Assert.All(drawn.Sets, set => Assert.Contains(set.Typical[0], set.Prompt, StringComparison.Ordinal));
    }

    [Fact]
    public async Task FactorSets_TwoSeeds_HaveIdsOfTheirOwnAndTakeTheirOwnNames()
    {
        var first = await DrawAsync(1);
        var second = await DrawAsync(2);
        FactorSet[] sets = [.. first.Sets, .. second.Sets];
        Assert.Contains(second.Sets, set => first.Sets.Any(other => other.Factor == set.Factor));           // else this proves nothing
        Assert.Equal(sets.Length, sets.Select(set => set.Id).Distinct().Count());
        Assert.All(first.Sets, set => Assert.Matches($"^sample-world \\(simulated\\), seed 1, {set.Factor}, [0-9a-f]{{8}}$", set.Id));
        Assert.Equal(first.Sets.Select(set => set.Id), (await DrawAsync(1)).Sets.Select(set => set.Id));

        // the ids of another codebook under the same seed, as recorded before the texts changed, and one of a version without data set and seed
        var names = first.Sets.ToDictionary(set => set.Id, set => $"name of {set.Factor}, seed 1");
        names[first.Sets[0].Id[..^8] + "00000000"] = "stale";
        names[first.Sets[0].Factor] = "old";
        var report = FactorSetCommand.Write([("world, seed 1", first), ("world, seed 2", second)], names, "");
        var tables = report.Blocks.OfType<DataTable>().Where(table => table.Caption == "Factor sets").ToArray();
        Assert.Equal(first.Sets.Select(set => $"name of {set.Factor}, seed 1"), tables[0].Rows.Select(row => row[1].Text));
        Assert.All(tables[1].Rows, row => Assert.EndsWith("(its surest terms; no language model)", row[1].Text, StringComparison.Ordinal));
        Assert.Contains(report.Blocks.OfType<Paragraph>(), paragraph => paragraph.Text.StartsWith($"2 of {names.Count} recorded names are not used", StringComparison.Ordinal));
        Assert.Equal(["world, seed 1", "world, seed 2"], report.Blocks.OfType<Heading>().Select(heading => heading.Text));
    }

    [Fact]
    public async Task Command_TwoSeeds_WritesPromptsThatCanAllBeAnsweredInOneFile()
    {
        using var folder = new TempFolder();
        string[] command = ["figure6", "--threads", "1", "--datasets", "sample-world", "--seeds", "1", "2", "--quantizer", "residual-kmeans", "--sets", "50", "--folder", folder.Path, "--cache", folder.File("embeddings.db")];
        await ExperimentProgram.RunAsync(command);
        string[] prompts = File.ReadAllLines(folder.File("figure6-prompts.jsonl"));
        string[] ids = [.. prompts.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetString()!)];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.Contains(ids, id => id.Contains("seed 1", StringComparison.Ordinal));
        Assert.Contains(ids, id => id.Contains("seed 2", StringComparison.Ordinal));

        string answers = folder.File("answers.jsonl");
        File.WriteAllLines(answers, ids.Select((id, i) => JsonSerializer.Serialize(new { id, text = $"Name {i}." })));
        await ExperimentProgram.RunAsync([.. command, "--names", answers]);
        string report = File.ReadAllText(folder.File("figure6.md"));
        Assert.All(ids, (_, i) => Assert.Contains($"| Name {i}. |", report, StringComparison.Ordinal));
        Assert.DoesNotContain("are not used", report, StringComparison.Ordinal);
        Assert.DoesNotContain("no language model", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FactorSets_Tags_AreThoseOfTheDataSet()
    {
        var drawn = await DrawAsync(1, TermSource.Tags);
        string[] genres = [.. SampleWorld.Create().Data.Positives().Items.Select(book => book.Genre).Distinct()];
        Assert.NotEmpty(drawn.Sets);
        Assert.All(drawn.Sets.SelectMany(set => set.Terms), term => Assert.Contains(term.Term, genres));
        var (data, _) = await new FigureCodes(Small, CancellationToken.None).VectorsAsync();
        Assert.All((await DrawAsync(1, TermSource.Titles)).Sets.SelectMany(set => set.Terms), term => Assert.Contains(Enumerable.Range(0, drawn.Items), item => Words.Of(data.ItemTitle(item), removeStopWords: true).Contains(term.Term)));
    }

    private static async Task<FactorSets> DrawAsync(int seed, TermSource source = TermSource.Texts)
    {
        var codes = new FigureCodes(Small with { Seed = seed }, CancellationToken.None);
        var (data, vectors) = await codes.VectorsAsync();
        return FactorSets.Draw(data, vectors, await codes.OfAsync("items"), count: 50, seed, source);
    }
}
