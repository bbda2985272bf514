using System.Diagnostics;
using System.Globalization;
using AutoGraph.Core.Snapshots;
using AutoGraph.TestKit;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph.Benchmarks;

/// <summary>
/// Insertions into an engine of MovieLens-1M size times a scale, random data: milliseconds (median, fastest, 99th percentile, mean processor time and allocation) of an item with a given
/// semantic vector and 15 users, of an item through the pipeline, of a user with a history of 30; then with a log, singly, in batches of 100 and from eight
/// writers at once, beside the log alone (a record of the same size written and flushed).
/// </summary>
internal static class InsertionSpeed
{
    private const int Repeats = 400, Width = 64, ActiveUsers = 500, HistoryOfEach = 20;

    public static void Run(IEnumerable<int> scales)
    {
        foreach (int scale in scales) Run(scale);
    }

    private static void Run(int scale)
    {
        var context = new MLContext(seed: 1);
        var autoGraph = context.AutoGraph();
        int users = FilmWorld.Users * scale, items = FilmWorld.Items * scale;
        var random = new Random(scale);
        var model = Fit(context, autoGraph, users, items, random);
        int number = 0;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{users} users, {items} items"));
        using (var engine = autoGraph.CreateEngine(model))
        {
            Report("item, vector given", () => engine.AddItem(Vector()));
            Report("item, through the pipeline", () => engine.AddItem(Values()));
            Report("user, history of 30", () => engine.AddUser(new NewUser($"new {number++}") { History = [.. Enumerable.Range(0, 30).Select(_ => $"i{random.Next(items)}")] }));
            Report("update of an item", () => engine.UpdateItem(Vector() with { Id = $"i{random.Next(items)}", Users = null }));
            Report("request", () => engine.Recommend($"u{random.Next(ActiveUsers)}"));
        }
        using var folder = new TempFolder();
        using var logged = autoGraph.CreateEngine(model, folder.File("log"));
        long before = new FileInfo(folder.File("log")).Length;
        logged.AddItem(Vector());
        byte[] record = new byte[new FileInfo(folder.File("log")).Length - before];
        using (var log = RecordLog.Open(folder.File("alone"), new byte[RecordLog.OwnerLength], _ => { }))
            Report($"the log alone, {record.Length} bytes", () => log.Append(record));
        Report("item, vector given, with log", () => logged.AddItem(Vector()));
        Report("100 items together, with log, each", () => logged.AddItems([.. Enumerable.Range(0, 100).Select(_ => Vector())]), Repeats / 20, 100);
        Console.WriteLine($"  {"eight writers at once, with log",-36} {Latencies.Of(8, 50, _ => { NewItem item; lock (random) item = Vector(); logged.AddItem(item); })}");

        NewItem Vector() => Values() with { SemanticVector = Random(random) };

        NewItem Values() => new($"new {number++}")
        {
            Values = new Dictionary<string, object> { ["Genres"] = Genres(random), ["Semantics"] = Random(random) },
            Users = [.. Enumerable.Range(0, 15).Select(_ => $"u{random.Next(users)}")],
        };
    }

    private static TransformerChain<GraphEnhancedRecommenderTransformer> Fit(MLContext context, AutoGraphCatalog autoGraph, int users, int items, Random random)
    {
        var userTable = context.Data.LoadFromEnumerable(Enumerable.Range(0, users).Select(u => new Row { Id = $"u{u}", Genres = Genres(random), Semantics = Random(random) }).ToList());
        var itemTable = context.Data.LoadFromEnumerable(Enumerable.Range(0, items).Select(i => new Row { Id = $"i{i}", Genres = Genres(random), Semantics = Random(random) }).ToList());
        var rows = context.Data.LoadFromEnumerable(Enumerable.Range(0, ActiveUsers * HistoryOfEach).Select(n => new Click { UserId = $"u{n / HistoryOfEach}", ItemId = $"i{random.Next(items)}", Timestamp = n }).ToList());
        var codes = autoGraph.ResidualQuantizer("Codes", "Semantics", new() { Quantizer = Quantizer.ResidualKMeans });
        return autoGraph.MetapathGraph(new SideTable(userTable, "Id", codes), new SideTable(itemTable, "Id", codes), new() { Training = GraphTraining.Joint })
            .Append(autoGraph.Recommender(new() { Epochs = 1, EarlyStopping = false, BatchSize = 1024 })).Fit(rows);
    }

    private static void Report(string what, Action work, int repeats = Repeats, int parts = 1)
    {
        for (int warm = 0; warm < repeats / 4; warm++) work();
        var (times, busy, allocated) = (new double[repeats], Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes());
        for (int i = 0; i < repeats; i++)
        {
            long start = Stopwatch.GetTimestamp();
            work();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds / parts;
        }
        double computing = (Environment.CpuUsage.TotalTime - busy).TotalMilliseconds / repeats / parts;     // without waiting for the disk or for other programs
        double kilobytes = (GC.GetTotalAllocatedBytes() - allocated) / 1000.0 / repeats / parts;
        Array.Sort(times);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {what,-36} median {times[repeats / 2],7:F3} ms, fastest {times[0],7:F3}, p99 {times[repeats * 99 / 100],7:F3}, computing {computing,7:F3}, {kilobytes,6:F0} KB allocated"));
    }

    private static float[] Random(Random random) => [.. Enumerable.Range(0, Width).Select(_ => random.NextSingle() - 0.5f)];

    private static string[] Genres(Random random) => [$"g{random.Next(18)}", $"g{random.Next(18)}"];

    private sealed class Row
    {
        public string Id { get; set; } = "";
        public string[] Genres { get; set; } = [];
        [VectorType(Width)] public float[] Semantics { get; set; } = [];
    }

    private sealed class Click
    {
        public string UserId { get; set; } = "";
        public string ItemId { get; set; } = "";
        public long Timestamp { get; set; }
    }
}
