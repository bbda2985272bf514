namespace AutoGraph.Core.Retrieval;

/// <summary>The best of many scores.</summary>
/// <remarks>Stateless; safe for concurrent use.</remarks>
public static class TopK
{
    /// <summary>The items with the highest scores, best first; of equal scores the lower position comes first.</summary>
    /// <param name="scores">[N] scores; infinities are allowed.</param>
    /// <param name="count">How many are wanted, at least 0; fewer come where there are fewer.</param>
    /// <param name="excluded">Positions left out, in any order; repetitions and positions beyond the scores are ignored.</param>
    /// <exception cref="ArgumentException">A score is NaN; the message names its position.</exception>
    public static ScoredItem[] Select(ReadOnlySpan<float> scores, int count, ReadOnlySpan<int> excluded = default) => Select(scores, count, static _ => true, excluded);

    /// <summary>As <see cref="Select(ReadOnlySpan{float}, int, ReadOnlySpan{int})"/>, of the items that are allowed.</summary>
    /// <param name="scores">[N] scores; infinities are allowed.</param>
    /// <param name="count">How many are wanted, at least 0; fewer come where there are fewer.</param>
    /// <param name="isAllowed">Whether an item may come; asked only of items whose score would bring them among the best so far.</param>
    /// <param name="excluded">Positions left out, in any order; repetitions and positions beyond the scores are ignored.</param>
    /// <exception cref="ArgumentException">A score is NaN; the message names its position.</exception>
    public static ScoredItem[] Select(ReadOnlySpan<float> scores, int count, Func<int, bool> isAllowed, ReadOnlySpan<int> excluded = default)
    {
        ArgumentNullException.ThrowIfNull(isAllowed);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        count = Math.Min(count, scores.Length);
        var left = new HashSet<int>(excluded.Length);
        foreach (int position in excluded) left.Add(position);

        var heap = new ScoredItem[count];   // the worst of the best on top
        int size = 0;
        for (int position = 0; position < scores.Length; position++)
        {
            float score = scores[position];
            // Positions ascend, so an equal score never displaces one that is there. NaN passes this test and is found below.
            if (size == count && (count == 0 || score <= heap[0].Score)) continue;
            if (float.IsNaN(score)) throw new ArgumentException($"Expected numbers as scores, found NaN at position {position}.", nameof(scores));
            if (left.Contains(position) || !isAllowed(position)) continue;
            var candidate = new ScoredItem(position, score);
            if (size < count) SiftUp(heap, size++, candidate);
            else SiftDown(heap, candidate);
        }
        var best = heap.AsSpan(0, size);
        best.Sort(static (a, b) => IsWorse(b, a) ? -1 : IsWorse(a, b) ? 1 : 0);
        return best.ToArray();
    }

    private static bool IsWorse(ScoredItem a, ScoredItem b) => a.Score < b.Score || (a.Score == b.Score && a.Position > b.Position);

    private static void SiftUp(Span<ScoredItem> heap, int hole, ScoredItem item)
    {
        for (int parent; hole > 0 && IsWorse(item, heap[parent = (hole - 1) / 2]); hole = parent) heap[hole] = heap[parent];
        heap[hole] = item;
    }

    // Replaces the top.
    private static void SiftDown(Span<ScoredItem> heap, ScoredItem item)
    {
        int hole = 0;
        for (int child; (child = 2 * hole + 1) < heap.Length; hole = child)
        {
            if (child + 1 < heap.Length && IsWorse(heap[child + 1], heap[child])) child++;
            if (!IsWorse(heap[child], item)) break;
            heap[hole] = heap[child];
        }
        heap[hole] = item;
    }
}
