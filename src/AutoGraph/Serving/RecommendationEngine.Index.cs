namespace AutoGraph;

public sealed partial class RecommendationEngine
{
    /// <summary>How much of the exact answers the index finds: recall@count, the part of the exact best items that are in the approximate answer, 0 to 1, mean over users.</summary>
    /// <param name="userIds">Users asked for, at least one; some hundred suffice.</param>
    /// <param name="count">Items per answer, at least 1. Default 10.</param>
    /// <param name="options">What may come; null: the defaults. With <see cref="RequestOptions.Allow"/> or <see cref="RequestOptions.ContentWeight"/> the index is not asked, and recall is 1.</param>
    /// <exception cref="ArgumentException">There is no user, or an option is out of range.</exception>
    /// <exception cref="InvalidOperationException">The engine has no index.</exception>
    public double MeasureRecall(IEnumerable<string> userIds, int count = 10, RequestOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(userIds);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        (options ??= RequestOptions.Default).Validate();
        var snapshot = _snapshot;
        if (snapshot.Index is null) throw new InvalidOperationException($"Expected an engine with an index, found one that scores every item. Name one when you create it: {nameof(EngineOptions)}.{nameof(EngineOptions.Index)}.");
        var recalls = new List<double>();
        foreach (string id in userIds)
        {
            int user = UserOf(snapshot, id);
            var history = user < 0 ? default : snapshot.Users.Histories[user][0];
            float[] vectors = UserVectors(snapshot, user, history);
            var exact = Best(snapshot, vectors, history.Span, count, options with { Exact = true }).Select(best => best.Position).ToHashSet();
            if (exact.Count > 0) recalls.Add((double)Best(snapshot, vectors, history.Span, count, options).Count(best => exact.Contains(best.Position)) / exact.Count);
        }
        return recalls.Count > 0 ? recalls.Average() : throw new ArgumentException("Expected users to whom something may be recommended, found none.", nameof(userIds));
    }

    // an allow list may lie in any cells, and the content term needs the mean over all scores
    private static bool IsIndexed(RequestOptions options) => !options.Exact && options.Allow is null && options.ContentWeight == 0;
}
