using AutoGraph.TestKit;
using Documentation;
using Microsoft.ML;
using Xunit;

namespace AutoGraph.Torch.Tests.Documentation;

/// <summary>The code of README.md does what the page says; the run of its first block is cut to one epoch.</summary>
[Collection(nameof(Sequential))]   // the working folder and the console belong to the whole process
public sealed class ReadmeTests(PageFixture fixture) : IClassFixture<PageFixture>
{
    private static readonly Func<PageFixture, Task>[] Blocks = [.. Pages.Blocks.Where(block => block.Page == "README.md").Select(block => block.Run!)];

    [Fact]
    public void Program_TrainedForOneEpoch_EvaluatesRecommendsAndSaves()
    {
        using var folder = new TempFolder();
        string[] output = fixture.Run(folder, Blocks[0]).Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

        Assert.Contains("NDCG@10", output[0], StringComparison.Ordinal);
        Assert.Contains("seen items kept", output[0], StringComparison.Ordinal);
        Assert.Contains("seen items masked", output[1], StringComparison.Ordinal);
        Assert.Equal(10, output[2..].Length);
        Assert.All(output[2..], line => Assert.Matches(@"^b\d{3} -?\d+\.\d\d$", line));
        var context = new MLContext();
        var model = context.Model.Load(folder.File("books.zip"), out var schema);
        Assert.Equal(["UserId", "ItemId", "Timestamp"], schema.Select(column => column.Name));
        Assert.Equal(output[2..].Select(line => line.Split(' ')[0]), context.AutoGraph().CreateEngine(model).Recommend("r001", count: 10).Select(item => item.ItemId));
    }

    [Fact]
    public void Knowledge_RunTwice_AsksOnceAndKeepsTheAnswersInTheStore()
    {
        using var folder = new TempFolder();
        int before = fixture.ChatClient.Asked.Count;
        for (int run = 0; run < 2; run++) fixture.Run(folder, Blocks[1]);
        Assert.Equal((int)fixture.World.Data.Items.GetRowCount()!.Value, fixture.ChatClient.Asked.Count - before);
        Assert.True(File.Exists(folder.File("knowledge.db")));
    }

    [Fact]
    public void ClickModel_WithGraphVectors_PrintsItsAuc()
    {
        using var folder = new TempFolder();
        Assert.Matches(@"^AUC 0\.\d{3}\s*$", fixture.Run(folder, Blocks[2]));
    }
}
