using AutoGraph.Core.Snapshots;

namespace AutoGraph.Core.Retrieval;

/// <summary>Scores all rows of a table, score = max over the queries of a request of query · row, chunk by chunk while a chunk lies in the cache.</summary>
/// <remarks>Stateless; safe for concurrent use.</remarks>
internal static class ExactSearch
{
    /// <summary>The best rows of one request.</summary>
    /// <param name="table">[N, D].</param>
    /// <param name="queries">[Q, D].</param>
    /// <param name="count">How many are wanted, at least 0; fewer come where there are fewer.</param>
    /// <param name="isAllowed">Whether a row may come; asked only of rows whose score would bring them among the best so far.</param>
    /// <param name="excluded">Positions left out.</param>
    /// <exception cref="ArgumentException">A score is NaN; the message names its position.</exception>
    public static ScoredItem[] Best(SharedRows<float> table, ReadOnlySpan<float> queries, int count, Func<int, bool> isAllowed, ReadOnlySpan<int> excluded = default)
    {
        var best = new BestItems(Math.Min(count, table.Count), isAllowed, excluded);
        Best(table, queries, [best]);
        return best.Sorted();
    }

    /// <summary>The best rows of many requests: each chunk is read once for all of them.</summary>
    /// <param name="table">[N, D].</param>
    /// <param name="queries">[R, Q, D], R requests of equally many queries.</param>
    /// <param name="best">[R] receive the scores.</param>
    /// <param name="from">The first row that counts.</param>
    /// <exception cref="ArgumentException">A score is NaN; the message names its position.</exception>
    public static void Best(SharedRows<float> table, ReadOnlySpan<float> queries, ReadOnlySpan<BestItems> best, int from = 0)
    {
        int width = queries.Length / best.Length;
        Span<float> scores = stackalloc float[SharedRows<float>.MostRows];
        for (int chunk = 0; chunk < table.ChunkCount; chunk++)
        {
            var (first, rows) = table.Chunk(chunk);
            int skipped = Math.Max(0, from - first), count = rows.Length / table.Width - skipped;
            if (count <= 0) continue;
            (first, rows) = (first + skipped, rows[(skipped * table.Width)..]);
            var own = scores[..count];
            for (int request = 0; request < best.Length; request++)
            {
                InnerProducts.Max(rows.Span, queries.Slice(request * width, width), table.Width, own);
                best[request].Add(own, first);
            }
        }
    }

    /// <summary>The scores [N] of all rows.</summary>
    /// <param name="table">[N, D].</param>
    /// <param name="queries">[Q, D].</param>
    public static float[] Scores(SharedRows<float> table, ReadOnlySpan<float> queries)
    {
        var scores = new float[table.Count];
        for (int chunk = 0; chunk < table.ChunkCount; chunk++)
        {
            var (first, rows) = table.Chunk(chunk);
            InnerProducts.Max(rows.Span, queries, table.Width, scores.AsSpan(first, rows.Length / table.Width));
        }
        return scores;
    }
}
