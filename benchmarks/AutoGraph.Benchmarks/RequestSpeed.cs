using System.Globalization;
using Microsoft.ML;

namespace AutoGraph.Benchmarks;

/// <summary>Whole requests to an engine, user vector and exact top-10 of items of 32 values, a plain YouTubeDNN hardly trained on random data: speed depends on sizes.</summary>
internal static class RequestSpeed
{
    private const int Users = 1000, HistoryOfEach = 30, Calls = 1000;

    public static void Run(IEnumerable<int> sizes)
    {
        foreach (int items in sizes) Run(items);
    }

    private static void Run(int items)
    {
        var context = new MLContext(seed: 1);
        var autoGraph = context.AutoGraph();
        var random = new Random(items);
        var userTable = context.Data.LoadFromEnumerable(Enumerable.Range(0, Users).Select(u => new Entity { Id = $"u{u}" }).ToList());
        var itemTable = context.Data.LoadFromEnumerable(Enumerable.Range(0, items).Select(i => new Entity { Id = $"i{i}" }).ToList());
        var rows = context.Data.LoadFromEnumerable(Enumerable.Range(0, Users * HistoryOfEach)
            .Select(n => new Click { UserId = $"u{n / HistoryOfEach}", ItemId = $"i{random.Next(items)}", Timestamp = n }).ToList());
        var model = autoGraph.Recommender(new SideTable(userTable, "Id"), new SideTable(itemTable, "Id"), new() { Epochs = 1, EarlyStopping = false, BatchSize = 1024 }).Fit(rows);
        using var engine = autoGraph.CreateEngine(model);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{items} items"));
        foreach (int threads in (int[])[1, 2])
        {
            Random[] draws = [.. Enumerable.Range(0, threads).Select(thread => new Random(thread))];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {threads} threads: {Latencies.Of(threads, items > 100_000 ? Calls / 8 : Calls, thread => engine.Recommend($"u{draws[thread].Next(Users)}"))}"));
        }
        int asked = items > 100_000 ? 256 : Users;
        var all = Latencies.Of(1, 3, _ => engine.RecommendAll(Enumerable.Range(0, asked).Select(user => $"u{user}")).Preview(maxRows: 10 * asked));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {asked} users together: {all.Median / asked:F3} ms each, computing {all.Computing / asked:F3}"));
    }

    private sealed class Entity
    {
        public string Id { get; set; } = "";
    }

    private sealed class Click
    {
        public string UserId { get; set; } = "";
        public string ItemId { get; set; } = "";
        public long Timestamp { get; set; }
    }
}
