using AutoGraph.Core.Codes;
using AutoGraph.Core.Graphs;
using AutoGraph.Core.Persistence;

namespace AutoGraph.Torch.Attention;

/// <summary>A factor graph as arrays.</summary>
internal static class GraphTensors
{
    /// <summary>Adds what the graph is made of.</summary>
    public static void Save(FactorGraph graph, TensorDictionary target)
    {
        target.Add("graph.size", [graph.UserCount, graph.ItemCount], 2);
        target.Add("graph.user_offsets", graph.Histories.Offsets.ToArray(), graph.UserCount + 1);
        target.Add("graph.user_items", graph.Histories.Items.ToArray(), graph.Histories.Count);
        if (graph.LaterItems.Count > 0) target.Add("graph.later_items", [.. graph.LaterItems], graph.LaterItems.Count);
        Save(target, "user", graph.UserCodes);
        Save(target, "item", graph.ItemCodes);
    }

    /// <summary>Restores what <see cref="Save(FactorGraph, TensorDictionary)"/> added.</summary>
    /// <exception cref="InvalidDataException">An entry is missing or damaged; the message names it.</exception>
    /// <exception cref="ArgumentException">Entries do not go together.</exception>
    public static FactorGraph Load(TensorDictionary source, int levels)
    {
        var size = source.Ints("graph.size", 2);
        int[] items = source.Ints("graph.user_items", -1);
        var graph = new FactorGraph(size[0], size[1], UserOfEdge(source.Ints("graph.user_offsets", size[0] + 1), items), items, Codes(source, "user"), Codes(source, "item"), levels);
        return source.Contains("graph.later_items") ? graph.WithLaterItems(LaterItems(source, size[1])) : graph;
    }

    private static void Save(TensorDictionary target, string side, CodeTable codes)
    {
        target.Add($"codes.{side}", codes.Values.ToArray(), codes.Count, codes.Levels);
        target.Add($"codes.{side}.size", [codes.CodebookSize], 1);
    }

    private static CodeTable Codes(TensorDictionary source, string side) =>
        new(source.Ints($"codes.{side}", -1, -1), source.ShapeOf($"codes.{side}")[1], source.Ints($"codes.{side}.size", 1)[0]);

    private static int[] LaterItems(TensorDictionary source, int items) => source.Ints("graph.later_items", -1) is var later && later.All(item => (uint)item < (uint)items) ? later
        : throw new InvalidDataException($"Expected positions from 0 to {items - 1} in 'graph.later_items', found others.");

    private static int[] UserOfEdge(int[] offsets, int[] items)
    {
        var users = new int[items.Length];
        for (int user = 0; user + 1 < offsets.Length; user++)
        {
            if (offsets[user] < 0 || offsets[user + 1] < offsets[user] || offsets[user + 1] > items.Length)
                throw new InvalidDataException($"Expected rising offsets up to {items.Length} in 'graph.user_offsets', found {offsets[user]} and {offsets[user + 1]} for user {user}.");
            users.AsSpan(offsets[user]..offsets[user + 1]).Fill(user);
        }
        return users;
    }
}
