using AutoGraph.Torch.Kernels;

namespace AutoGraph.Torch.Backbones;

/// <summary>Where items stand in histories that lie one after the other, [N] items of B rows.</summary>
internal static class HistoryRows
{
    /// <summary>Throws where a history is longer than the model reads; returns that length.</summary>
    public static int Expect(EdgeList history, int length)
    {
        for (int b = 0; b < history.TargetCount; b++)
            if (history.Offsets[b + 1] - history.Offsets[b] > length)
                throw new ArgumentException($"Expected histories of at most {length} items, found {history.Offsets[b + 1] - history.Offsets[b]} in row {b}.", nameof(history));
        return length;
    }

    /// <summary>[N] how many later items each item's history has: 0 is the latest.</summary>
    public static int[] Ages(EdgeList history)
    {
        var ages = new int[history.EdgeCount];
        for (int b = 0; b < history.TargetCount; b++)
            for (int e = history.Offsets[b]; e < history.Offsets[b + 1]; e++) ages[e] = history.Offsets[b + 1] - 1 - e;
        return ages;
    }

    /// <summary>The latest item of each row that has one as a query over its whole history, and the look-up that puts the results, [B'], into their rows, [B].</summary>
    public static (AttentionQueries Queries, EdgeList Rows) Latest(EdgeList history)
    {
        var (queries, firsts, counts) = (new List<int>(history.TargetCount), new List<int>(history.TargetCount), new int[history.TargetCount + 1]);
        for (int b = 0; b < history.TargetCount; b++)
        {
            if (history.Offsets[b + 1] > history.Offsets[b])
            {
                queries.Add(history.Offsets[b + 1] - 1);
                firsts.Add(history.Offsets[b]);
            }
            counts[b + 1] = queries.Count;
        }
        return (new AttentionQueries(history.EdgeCount, [.. queries], [.. firsts], [.. Enumerable.Range(0, queries.Count + 1)]),
            new EdgeList(history.TargetCount, queries.Count, counts, [.. Enumerable.Range(0, queries.Count)]));
    }
}
