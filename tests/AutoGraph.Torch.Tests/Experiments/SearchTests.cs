using AutoGraph.Experiments;
using AutoGraph.TestKit;
using Xunit;

namespace AutoGraph.Torch.Tests.Experiments;

[Collection(nameof(Sequential))]
public sealed class SearchTests
{
    [Theory]
    [InlineData(Backbone.YouTubeDnn, Enhancement.None, 4 * 3 * 2 * 2)]
    [InlineData(Backbone.Mind, Enhancement.AutoGraph, 4 * 3 * 2 * 3 * 3)]
    [InlineData(Backbone.SasRec, Enhancement.Ccgnn, 4 * 3 * 2 * 3 * 3 * 3 * 3)]
    [InlineData(Backbone.Gru4Rec, Enhancement.LightGcn, 4 * 3 * 2 * 3 * 3 * 3)]
    public void Grid_EveryTrial_IsThePapersGridOnce(Backbone backbone, Enhancement enhancement, int size)
    {
        var grid = SearchSpace.Of(backbone, enhancement, drawsEmbeddingDecay: false).Grid(int.MaxValue, seed: 1);
        Assert.Equal(size, grid.Count);
        Assert.Equal(size, grid.Select(setting => $"{setting}").Distinct().Count());
    }

    [Fact]
    public void Random_MoreTrials_BeginWithTheSameAndStayWithinThePapersRange()
    {
        var space = SearchSpace.Of(Backbone.YouTubeDnn, Enhancement.AutoGraph, drawsEmbeddingDecay: true);
        var few = space.Random(5, seed: 4);
        var many = space.Random(200, seed: 4);
        Assert.Equal(few.Select(setting => $"{setting}"), many.Take(5).Select(setting => $"{setting}"));
        Assert.NotEqual(few.Select(setting => $"{setting}"), space.Random(5, seed: 5).Select(setting => $"{setting}"));
        double[] rates = [.. many.Select(setting => setting.Apply(new() { Dataset = "" }).LearningRate)];
        Assert.All(rates, rate => Assert.InRange(rate, 1e-3, 2e-2));
        Assert.InRange(rates.Count(rate => rate < Math.Sqrt(1e-3 * 2e-2)), 70, 130);    // log-uniform
        double[] decays = [.. many.Select(setting => setting.Apply(new() { Dataset = "" }).EmbeddingDecay!.Value)];
        Assert.All(decays, decay => Assert.InRange(decay, 0.03, 4));
        Assert.InRange(decays.Count(decay => decay < Math.Sqrt(0.03 * 4)), 70, 130);
        Assert.All(many, setting => Assert.Contains(setting.Apply(new() { Dataset = "" }).Batch, (int[])[64, 128, 256]));
    }

    [Fact]
    public void Random_TwoMethods_ShareWhatTheyHaveInCommon()
    {
        string[] plain = [.. SearchSpace.Of(Backbone.YouTubeDnn, Enhancement.None, drawsEmbeddingDecay: true).Random(5, 1).Select(setting => $"{setting}")];
        string[] graph = [.. SearchSpace.Of(Backbone.YouTubeDnn, Enhancement.AutoGraph, drawsEmbeddingDecay: true).Random(5, 1).Select(setting => $"{setting}")];
        Assert.All(plain.Zip(graph), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_TwoTrials_ReadsValidationOnlyAndResumes()
    {
        using var folder = new TempFolder();
        var said = new StringWriter();
        var options = new RunOptions { Dataset = "", Epochs = 1, Cache = null, Display = new LineDisplay(said) };
        var plan = new SearchPlan(options, [Backbone.YouTubeDnn], [TableMethod.Parse("none"), TableMethod.Parse("historyfield")], Grid: false, Trials: 2, Hours: null);
        var input = new PlanInput(options, [DataSets.Simulated], [1], new(folder.Path), Resume: true, ReportOnly: false);
        var (first, planned) = await (plan with { Trials = 1 }).RunAsync(input, CancellationToken.None);
        Assert.Equal((2, 2), (first.Count, planned));
        Assert.DoesNotContain("test split", said.ToString(), StringComparison.Ordinal);
        Assert.Contains("projected: ", said.ToString(), StringComparison.Ordinal);

        said.GetStringBuilder().Clear();
        var (all, _) = await plan.RunAsync(input, CancellationToken.None);
        Assert.Equal(["none 1", "historyfield 1", "none 2", "historyfield 2"], all.Select(trial => $"{trial.Method} {trial.Number}"));
        Assert.Equal(first, all.Take(2));
        Assert.All(all, trial => Assert.Contains("--embedding-decay ", trial.Setting, StringComparison.Ordinal));
        Assert.Contains("2 of 4 trials to do", said.ToString(), StringComparison.Ordinal);

        var (spent, four) = await (plan with { Trials = 3, Hours = 1e-9 }).RunAsync(input, CancellationToken.None);
        Assert.Equal((4, 6), (spent.Count, four));
        Assert.Contains("budget is used up", said.ToString(), StringComparison.Ordinal);
        var report = SearchReport.Write(spent, four);
        Assert.Contains("4 of 6 trials have ended; the others were not run", Assert.IsType<Paragraph>(report.Blocks[0]).Text, StringComparison.Ordinal);

        var given = options with { EmbeddingDecay = 0.5 };
        var (fixedDecay, _) = await (plan with { Options = given, Trials = 1 }).RunAsync(input with { Options = given }, CancellationToken.None);
        Assert.All(fixedDecay, trial => Assert.DoesNotContain("--embedding-decay ", trial.Setting, StringComparison.Ordinal));
    }
}
