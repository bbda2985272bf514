using AutoGraph;
using AutoGraph.Datasets;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace NewItems;

/// <summary>Holds the latest books back from training, inserts them into a running engine, and looks whom they reach.</summary>
internal static class Lesson
{
    /// <summary>Prints what happens; returns how often a new book ranks above the middle for a reader who took it later, 0 to 1, by the model alone and with the content term, and whether a restart kept all.</summary>
    public static (double Model, double WithContent, bool Kept) Run(SampleWorldOptions options, string folder)
    {
        var mlContext = new MLContext(seed: 1);
        var autoGraph = mlContext.AutoGraph();
        var data = autoGraph.Data.CreateSampleWorld(options);

        // Every tenth book comes out after training: the tables that are fitted do not have it.
        string[] ids = [.. data.Items.GetColumn<string>("ItemId")];
        var late = ids.Where((_, place) => place % 10 == 0).ToHashSet();
        var (early, lateBooks) = (Books(mlContext, data.Items, id => !late.Contains(id)), Books(mlContext, data.Items, late.Contains));
        var clicks = mlContext.Data.CreateEnumerable<Click>(data.Interactions, reuseRowObject: false).ToList();
        var train = mlContext.Data.LoadFromEnumerable(clicks.Where(click => !late.Contains(click.ItemId)).ToList());

        var codes = autoGraph.SemanticVector("Semantics", "Knowledge").Append(autoGraph.ResidualQuantizer("Codes", "Semantics", new() { Quantizer = Quantizer.ResidualKMeans }));
        var model = autoGraph.MetapathGraph(new SideTable(data.Users, "UserId", codes), new SideTable(early, "ItemId", codes), new() { Training = GraphTraining.Joint })
            .Append(autoGraph.Recommender(new() { BatchSize = 256, LearningRate = 3e-3 })).Fit(train);

        // A table of new books: texts become codes of the frozen codebooks, codes become edges, one forward pass gives each its vector.
        Directory.CreateDirectory(folder);
        string log = Path.Combine(folder, "changes.log");
        File.Delete(log);
        double alone, withContent;
        using (var engine = autoGraph.CreateEngine(model, log))
        {
            engine.AddItems(lateBooks, "ItemId");
            Console.WriteLine($"{data.Name}: {late.Count} books joined an engine that was trained on {ids.Length - late.Count}");
            // Nobody took a new book so far: by the model's score alone, known ones crowd it out. Content knows new and old books alike.
            var later = clicks.Where(click => late.Contains(click.ItemId)).ToList();
            alone = AboveTheMiddle(engine, later, 0);
            withContent = AboveTheMiddle(engine, later, 1);
            Console.WriteLine($"for a reader who took a new book later it ranks above the middle in {alone:P0} of the cases, with the content term in {withContent:P0}");

            // A reader without an account: a history is enough. With an id the history is kept.
            string[] taken = [.. late.Take(3)];
            engine.AddUser(new NewUser("guest") { History = taken });
            Console.WriteLine($"for a guest who took {string.Join(", ", taken)}: {string.Join(", ", engine.Recommend("guest", 5).Select(book => book.ItemId))}");
        }

        // Whatever the engine acknowledged is in the log.
        using var restarted = autoGraph.CreateEngine(model, log);
        var found = restarted.Recommend("nobody", ids.Length, excludeSeen: false).Select(book => book.ItemId).ToHashSet();
        bool kept = late.IsSubsetOf(found);
        Console.WriteLine($"after a restart {(kept ? "all of them are there" : "some are MISSING")}; {new FileInfo(log).Length >> 10:N0} KiB of log");
        return (alone, withContent, kept);
    }

    private static double AboveTheMiddle(RecommendationEngine engine, List<Click> clicks, double contentWeight)
    {
        int above = 0;
        foreach (var click in clicks)
        {
            var ranked = engine.Recommend(click.UserId, int.MaxValue, new RequestOptions { ExcludeSeen = false, ContentWeight = contentWeight });
            if (ranked.Index().First(book => book.Item.ItemId == click.ItemId).Index < ranked.Count / 2) above++;
        }
        return (double)above / clicks.Count;
    }

    private static IDataView Books(MLContext mlContext, IDataView books, Func<string, bool> which) =>
        mlContext.Data.LoadFromEnumerable(mlContext.Data.CreateEnumerable<Book>(books, reuseRowObject: false).Where(book => which(book.ItemId)).ToList());

    private sealed class Book
    {
        public string ItemId { get; set; } = "";
        public string Title { get; set; } = "";
        public string Author { get; set; } = "";
        public string Genre { get; set; } = "";
        public int Year { get; set; }
        public float Price { get; set; }
        public string Knowledge { get; set; } = "";
    }

    private sealed class Click
    {
        public string UserId { get; set; } = "";
        public string ItemId { get; set; } = "";
        public long Timestamp { get; set; }
    }
}
