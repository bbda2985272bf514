using Microsoft.ML;

namespace AutoGraph.Benchmarks;

/// <summary>A plain YouTubeDNN of 32 values, hardly trained on random data: speed of serving depends on sizes.</summary>
internal static class ServedCatalogue
{
    public const int Users = 1000;
    private const int HistoryOfEach = 30;

    /// <summary>Users u0 to u999, items i0 to i{items − 1}; the rows it was fitted on beside it.</summary>
    public static (ITransformer Model, IDataView Rows) Fit(MLContext context, int items)
    {
        var autoGraph = context.AutoGraph();
        var random = new Random(items);
        var userTable = context.Data.LoadFromEnumerable(Enumerable.Range(0, Users).Select(u => new Entity { Id = $"u{u}" }).ToList());
        var itemTable = context.Data.LoadFromEnumerable(Enumerable.Range(0, items).Select(i => new Entity { Id = $"i{i}" }).ToList());
        var rows = context.Data.LoadFromEnumerable(Enumerable.Range(0, Users * HistoryOfEach)
            .Select(n => new Click { UserId = $"u{n / HistoryOfEach}", ItemId = $"i{random.Next(items)}", Timestamp = n }).ToList());
        return (autoGraph.Recommender(new SideTable(userTable, "Id"), new SideTable(itemTable, "Id"), new() { Epochs = 1, EarlyStopping = false, BatchSize = 1024 }).Fit(rows), rows);
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
