using AutoGraph.TestKit;
using AutoGraph.Torch.Tests.MlNet;
using Microsoft.Data.Sqlite;
using Microsoft.ML;
using Xunit;

namespace AutoGraph.Torch.Tests.Readme;

/// <summary>The code of README.md, compiled by ReadmeCode.targets from the text as it stands, does what the page says; the run is cut to one epoch.</summary>
[Collection(nameof(Sequential))]   // the working folder and the console belong to the whole process
public sealed class ReadmeTests
{
    [Fact]
    public void Program_TrainedForOneEpoch_EvaluatesRecommendsAndSaves()
    {
        using var folder = new TempFolder();
        string[] output = Run(folder, ReadmeCode.ProgramOfOneEpoch).Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

        Assert.Contains("NDCG@10", output[0], StringComparison.Ordinal);
        Assert.Contains("seen items kept", output[0], StringComparison.Ordinal);
        Assert.Contains("seen items masked", output[1], StringComparison.Ordinal);
        Assert.Equal(10, output[2..].Length);
        Assert.All(output[2..], line => Assert.Matches(@"^b\d{3} -?\d+\.\d\d$", line));
        var context = new MLContext();
        var model = context.Model.Load(folder.File("model.zip"), out var schema);
        Assert.Equal(["UserId", "ItemId", "Timestamp"], schema.Select(column => column.Name));
        Assert.Equal(output[2..].Select(line => line.Split(' ')[0]), context.AutoGraph().CreateEngine(model).Recommend("r001", count: 10).Select(item => item.ItemId));
    }

    [Fact]
    public void Knowledge_FittedTwice_AsksOnceAndKeepsTheAnswersInTheStore()
    {
        using var folder = new TempFolder();
        using var client = new EchoChatClient();
        using var encoder = new LetterEncoder(5);
        var context = new MLContext(seed: 1);
        var films = context.Data.LoadFromEnumerable([new Film { ItemId = "1", Title = "Red Sea" }, new Film { ItemId = "2", Title = "Blue Sea" }]);
        Run(folder, () =>
        {
            for (int run = 0; run < 2; run++)
                Assert.Equal(2, TrainedWorld.Vectors(ReadmeCode.Knowledge(context.AutoGraph(), client, encoder).Fit(films).Transform(films), "Semantics").Length);
        });
        Assert.Equal(2, client.Asked.Count);
        Assert.True(File.Exists(folder.File("knowledge.db")));
    }

    private static string Run(TempFolder folder, Action code)
    {
        var (before, console) = (Directory.GetCurrentDirectory(), Console.Out);
        using var output = new StringWriter();
        Directory.SetCurrentDirectory(folder.Path);
        Console.SetOut(output);
        try { code(); }
        finally
        {
            Console.SetOut(console);
            Directory.SetCurrentDirectory(before);
            SqliteConnection.ClearAllPools();   // so that Windows lets the folder go
        }
        return output.ToString();
    }

    internal sealed class Film
    {
        public string ItemId { get; set; } = "";
        public string Title { get; set; } = "";
        public string Genres { get; set; } = "adventure";
    }
}
