using AutoGraph.Datasets;
using Xunit;

namespace AutoGraph.Torch.Tests.Samples;

/// <summary>The lessons of samples/, compiled in from their sources, run on a small world.</summary>
[Collection(nameof(Sequential))]   // the console belongs to the whole process
public sealed class SamplesTests
{
    private static readonly SampleWorldOptions Small = new() { Seed = 3, Readers = 120, Books = 80 };

    [Fact]
    public void ExistingPipeline_SmallWorld_PrintsBothAucs()
    {
        var (without, with) = (0.0, 0.0);
        string output = Run(() => (without, with) = ExistingPipeline.ClickModel.Run(Small));
        Assert.InRange(without, 0.4, 0.95);
        Assert.InRange(with, 0.4, 0.95);
        Assert.NotEqual(without, with);
        Assert.Contains(FormattableString.Invariant($"AUC of FastTree over attributes        {without:F4}"), output, StringComparison.Ordinal);
        Assert.Contains(FormattableString.Invariant($"AUC with graph vectors beside them     {with:F4}"), output, StringComparison.Ordinal);
    }

    [Fact]
    public void OwnRecommender_SmallWorld_PrintsHitsAndReasons()
    {
        var result = (CoOccurrence: 0.0, Graph: 0.0, Both: 0.0);
        string output = Run(() => result = OwnRecommender.Lesson.Run(Small));
        double byChance = 10.0 / 80;
        Assert.All((double[])[result.CoOccurrence, result.Graph, result.Both], hits => Assert.InRange(hits, byChance / 2, 0.9));
        Assert.Contains("cosine of graph vectors", output, StringComparison.Ordinal);
    }

    [Fact]
    public void OwnBackbone_SmallWorld_LoadedModelPrintsTheSameFigures()
    {
        string[] lines = Run(() => OwnBackboneSample.Lesson.Run(Small, epochs: 2)).TrimEnd().Split('\n');
        string Figures(string name) => lines.Single(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Trim();
        Assert.Equal(Figures("own parts:"), Figures("loaded:"));
        Assert.NotEqual(Figures("own parts:"), Figures("YouTubeDNN:"));
        Assert.Contains("simulated", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void NewItems_SmallWorld_ReachReadersAndSurviveARestart()
    {
        using var folder = new TestKit.TempFolder();
        var result = (Model: 0.0, WithContent: 0.0, Kept: false);
        string output = Run(() => result = NewItems.Lesson.Run(Small, folder.Path));
        Assert.InRange(result.WithContent, result.Model + 0.05, 1);
        Assert.True(result.Kept);
        Assert.Contains("for a guest who took", output, StringComparison.Ordinal);
    }

    // With a GPU both lines appear; without one the program says what it needs.
    [Fact]
    public void Gpu_SmallWorld_TrainsThereOrSaysWhatItNeeds()
    {
        bool trained = false;
        string output = Run(() => trained = Gpu.Lesson.Run(Small, device: 0, epochs: 1));
        Assert.StartsWith(trained ? "CUDA device 0  " : "Expected CUDA device 0, found 0 CUDA devices.", output, StringComparison.Ordinal);
        Assert.Equal(trained, output.Contains("\nCPU ", StringComparison.Ordinal));
        Assert.Equal(!trained, output.Contains("AutoGraphBackend=cuda-linux", StringComparison.Ordinal));
    }

    private static string Run(Action lesson)
    {
        var console = Console.Out;
        using var output = new StringWriter();
        Console.SetOut(output);
        try { lesson(); }
        finally { Console.SetOut(console); }
        return output.ToString();
    }
}
