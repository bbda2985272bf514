using AutoGraph;
using Microsoft.ML;

namespace ExistingPipeline;

/// <summary>A row of a click model.</summary>
internal sealed class Click
{
    public string UserId { get; set; } = "";

    public string ItemId { get; set; } = "";

    /// <summary>Whether the user took the item.</summary>
    public bool Label { get; set; }

    /// <summary>How many took the item before.</summary>
    public float Readers { get; set; }
}

/// <summary>Makes clicks of interactions.</summary>
internal static class Clicks
{
    /// <summary>By time: the first 60 % of the interactions for the graph, then 25 % for the trainer and 15 % for its test, each of these with a row of another item that the user did not take.</summary>
    public static (IDataView Past, IDataView Train, IDataView Test) Split(MLContext mlContext, RecommendationData data)
    {
        Interaction[] all = [.. mlContext.Data.CreateEnumerable<Interaction>(data.Interactions, reuseRowObject: false).OrderBy(row => row.Timestamp)];
        string[] items = [.. all.Select(row => row.ItemId).Distinct().Order(StringComparer.Ordinal)];
        var taken = all.Select(row => (row.UserId, row.ItemId)).ToHashSet();
        int past = all.Length * 60 / 100, train = all.Length * 85 / 100;
        var readers = all[..past].CountBy(row => row.ItemId).ToDictionary();
        var random = new Random(1);
        return (mlContext.Data.LoadFromEnumerable(all[..past]), Rows(all[past..train]), Rows(all[train..]));

        IDataView Rows(Interaction[] rows) => mlContext.Data.LoadFromEnumerable(rows.SelectMany(row => (Click[])[Make(row.UserId, row.ItemId), Make(row.UserId, Untaken(row.UserId))]).ToList());

        Click Make(string user, string item) => new() { UserId = user, ItemId = item, Label = taken.Contains((user, item)), Readers = readers.GetValueOrDefault(item) };

        string Untaken(string user)
        {
            string item;
            do item = items[random.Next(items.Length)];
            while (taken.Contains((user, item)));
            return item;
        }
    }

    private sealed class Interaction
    {
        public string UserId { get; set; } = "";

        public string ItemId { get; set; } = "";

        public long Timestamp { get; set; }
    }
}
