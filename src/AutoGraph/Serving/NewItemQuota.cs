using AutoGraph.Core.Retrieval;

namespace AutoGraph;

/// <summary>Keeps places of an answer for new items; see <see cref="RequestOptions.NewItems"/>.</summary>
internal static class NewItemQuota
{
    /// <summary>The answer in which the worst known items give way to the best new ones, by score again.</summary>
    /// <param name="best">The answer without a quota, best first.</param>
    /// <param name="bestNew">The best new items that may come, as many as there are places for them, best first.</param>
    /// <param name="count">Places in all.</param>
    /// <param name="isNew">Whether an item is new.</param>
    internal static ScoredItem[] Apply(ScoredItem[] best, ScoredItem[] bestNew, int count, Func<int, bool> isNew)
    {
        // those of the new items that are in the answer anyhow are the best of them
        if (best.Count(item => isNew(item.Position)) >= bestNew.Length) return best;
        var known = best.Where(item => !isNew(item.Position)).Take(count - bestNew.Length);
        return [.. known.Concat(bestNew).OrderByDescending(item => item.Score).ThenBy(item => item.Position)];
    }
}
