using AutoGraph;
using AutoGraph.Onnx;
using AutoGraph.Semantics.Prompting;
using Microsoft.Extensions.AI;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Quickstart;

/// <summary>The whole path: knowledge → codes → graph → recommender.</summary>
internal static class Lesson
{
    public static int Run(string? folder, string? itemsKnowledge, string? encoderFolder, int seed)
    {
        var mlContext = new MLContext(seed);
        var autoGraph = mlContext.AutoGraph();

        // Three tables: who liked what and when, the users, the items with what a language model knows about them.
        var data = folder is null ? autoGraph.Data.CreateSampleWorld(new() { Seed = seed }) : autoGraph.Data.LoadMovieLens(folder, itemsKnowledge);
        var split = autoGraph.Data.LeaveOneOut(data.Interactions);
        using IEmbeddingGenerator<string, Embedding<float>>? encoder = encoderFolder is null ? null : OnnxTextEncoder.Load(encoderFolder);
        Console.WriteLine($"{data.Name}; encoder: {(encoder is null ? "corpus encoder (TF-IDF + SVD)" : encoderFolder)}");

        // Steps 1 and 2: texts become vectors, vectors become latent-factor codes. Readers of the sample world come with knowledge
        // texts; a MovieLens user is described by profile and earliest training titles.
        var quantizer = new ResidualQuantizerOptions { Progress = new Line() };
        var users = folder is null ? data.Users : autoGraph.Data.EarliestTitles(data.Users, "UserId", split.Train, data.Items, "ItemId", "Title");
        var userText = folder is null
            ? new SemanticVectorOptions { TextColumn = "Knowledge", Encoder = encoder }
            : new SemanticVectorOptions { Prompt = Prompts.FilmUser, IdColumn = "UserId", Encoder = encoder };
        var userCodes = autoGraph.SemanticVector("Semantics", userText).Append(autoGraph.ResidualQuantizer("Codes", "Semantics", quantizer));
        var itemCodes = autoGraph.SemanticVector("Semantics", "Knowledge", encoder).Append(autoGraph.ResidualQuantizer("Codes", "Semantics", quantizer));

        // Steps 3 and 4: the graph, and a recommender trained jointly with it; beside it the backbone alone.
        var userTable = new SideTable(users, "UserId", userCodes);
        var itemTable = new SideTable(data.Items, "ItemId", itemCodes);
        var options = new RecommenderOptions { BatchSize = folder is null ? 256 : 1024, LearningRate = 3e-3, Progress = new Line() };
        var plain = autoGraph.Recommender(userTable, itemTable, options, split.Validation).Fit(split.Train);
        var model = autoGraph.MetapathGraph(userTable, itemTable, new() { Training = GraphTraining.Joint })
            .Append(autoGraph.Recommender(options, split.Validation))
            .Fit(split.Train);

        Console.WriteLine();
        Console.WriteLine($"{data.Name}, held-out test rows:");
        Console.WriteLine($"  backbone alone   {autoGraph.Evaluate(plain, split.Test).SeenMasked}");
        Console.WriteLine($"  with AutoGraph   {autoGraph.Evaluate(model, split.Test).SeenMasked}");

        var titles = data.Items.GetColumn<string>("ItemId").Zip(data.Items.GetColumn<string>("Title")).ToDictionary(item => item.First, item => item.Second);
        string user = data.Users.GetColumn<string>("UserId").First();
        Print(autoGraph, model, user, titles);

        string file = Path.Combine(Path.GetTempPath(), "autograph-quickstart.zip");
        autoGraph.Save(model, split.Train.Schema, file);
        var loaded = autoGraph.Load(file, out _);
        bool same = autoGraph.CreateEngine(model).Recommend(user, 10).Select(item => (item.ItemId, item.Score))
            .SequenceEqual(autoGraph.CreateEngine(loaded).Recommend(user, 10).Select(item => (item.ItemId, item.Score)));
        Console.WriteLine($"Saved to {file} ({new FileInfo(file).Length >> 10:N0} KiB) and reloaded: {(same ? "the same recommendations" : "DIFFERENT recommendations")}.");
        return same ? 0 : 1;
    }

    private static void Print(AutoGraphCatalog autoGraph, ITransformer model, string user, Dictionary<string, string> titles)
    {
        Console.WriteLine();
        Console.WriteLine($"Top 10 for {user}, new to them, with the factors that they share with items of the history:");
        foreach (var (place, item) in autoGraph.CreateEngine(model).Recommend(user, 10).Index())
            Console.WriteLine($"{place + 1,3}. {titles[item.ItemId],-44} {item.Score,6:F2}   {Reason(item, titles)}");
        Console.WriteLine();
    }

    private static string Reason(Recommendation item, Dictionary<string, string> titles) => item.Reasons.Count == 0
        ? "no shared factor: the interactions of others"
        : string.Join("; ", item.Reasons.Take(2).Select(factor => $"factor {factor.Level}/{factor.Code} as {titles[factor.HistoryItems[0]]}"));
}
