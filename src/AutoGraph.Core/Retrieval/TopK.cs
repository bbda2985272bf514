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
        var best = new BestItems(count, isAllowed, excluded);
        best.Add(scores, 0);
        return best.Sorted();
    }
}
