namespace AutoGraph.Torch.Kernels;

/// <summary>
/// Queries of an attention over rows of keys that lie one after the other: each sees the keys from its row's first up to itself.
/// </summary>
/// <param name="KeyCount">Keys N of all rows.</param>
/// <param name="Queries">[Q] the key at which each query stands, ascending.</param>
/// <param name="Firsts">[Q] the first key of its row.</param>
/// <param name="RowOffsets">[R + 1] where each row's queries begin; no key belongs to two rows.</param>
internal sealed record AttentionQueries(int KeyCount, int[] Queries, int[] Firsts, int[] RowOffsets)
{
    /// <summary>Every item queries its row up to itself.</summary>
    /// <param name="offsets">[B + 1] where rows begin.</param>
    public static AttentionQueries Causal(int[] offsets)
    {
        var firsts = new int[offsets[^1]];
        for (int b = 0; b + 1 < offsets.Length; b++) firsts.AsSpan(offsets[b]..offsets[b + 1]).Fill(offsets[b]);
        return new(firsts.Length, [.. Enumerable.Range(0, firsts.Length)], firsts, offsets);
    }

    /// <summary>Pairs P of a query and a key it sees.</summary>
    public int PairCount => PairOffsets[^1];

    /// <summary>[Q + 1] where each query's pairs begin.</summary>
    public int[] PairOffsets { get; } = Pairs(Queries, Firsts);

    private static int[] Pairs(int[] queries, int[] firsts)
    {
        var offsets = new int[queries.Length + 1];
        long pairs = 0;
        for (int q = 0; q < queries.Length; q++)
        {
            pairs += queries[q] - firsts[q] + 1;
            if (pairs > int.MaxValue) throw new ArgumentException($"Expected at most {int.MaxValue} pairs of history items in one batch, found more. Lower the batch size or the history length, or read histories with one layer.");
            offsets[q + 1] = (int)pairs;
        }
        return offsets;
    }
}
