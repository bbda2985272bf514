using AutoGraph.Core.Retrieval;

namespace AutoGraph;

public sealed partial class RecommendationEngine
{
    private readonly Dictionary<(int Level, int Code), string> _factorNames;

    /// <summary>Why an item is recommended to a user, or is not: shared factors, attention, nearest items of the history.</summary>
    /// <param name="userId">The user; an unknown or removed one is answered as a typical user without a history.</param>
    /// <param name="itemId">The item, recommended or not.</param>
    /// <param name="nearest">Nearest history items told, at least 1. Default 3.</param>
    /// <exception cref="ArgumentException">The item is unknown or removed.</exception>
    public Explanation Explain(string userId, string itemId, int nearest = 3)
    {
        ArgumentNullException.ThrowIfNull(userId);
        var snapshot = _snapshot;
        int user = UserOf(snapshot, userId);
        return Explain(snapshot, user, user < 0 ? default : snapshot.Users.Histories[user][0], itemId, nearest);
    }

    /// <summary>As <see cref="Explain(string, string, int)"/>, after a history at hand.</summary>
    /// <param name="history">Item ids, oldest first; unknown ones are left out.</param>
    /// <param name="itemId">The item, recommended or not.</param>
    /// <param name="userId">The user whose history it is, or null for nobody known.</param>
    /// <param name="nearest">Nearest history items told, at least 1. Default 3.</param>
    /// <exception cref="ArgumentException">The item is unknown or removed.</exception>
    public Explanation ExplainFor(IEnumerable<string> history, string itemId, string? userId = null, int nearest = 3)
    {
        ArgumentNullException.ThrowIfNull(history);
        var snapshot = _snapshot;
        return Explain(snapshot, userId is null ? -1 : UserOf(snapshot, userId), PositionsOf(snapshot, history), itemId, nearest);
    }

    private Explanation Explain(EngineSnapshot snapshot, int user, ReadOnlyMemory<int> history, string itemId, int nearest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nearest, 1);
        int item = ShownItem(snapshot, itemId);
        var vectors = snapshot.Items.Vectors;
        var near = history.ToArray().Distinct().Where(other => other != item).Select(other => (Item: other, Cosine: Cosine(vectors[item], vectors[other])))
            .OrderByDescending(other => other.Cosine).ThenBy(other => other.Item).Take(nearest);
        var score = new float[1];
        InnerProducts.Max(vectors[item], UserVectors(snapshot, user, history), vectors.Width, score);
        return new(itemId, score[0], ReasonsOf(snapshot, history.Span).For(item, snapshot.Items.Codes[item]), Attention(snapshot, user, history),
            [.. near.Select(other => new SimilarEntity(snapshot.Items.Ids[other.Item], other.Cosine))]);
    }

    private HistoryAttention[] Attention(EngineSnapshot snapshot, int user, ReadOnlyMemory<int> history)
    {
        int[] read = history[Math.Max(0, history.Length - _pass.HistoryLength)..].ToArray();
        if (read.Length == 0) return [];
        var weights = _pass.Attention(user < 0 ? _pass.UnknownUserState : snapshot.Users.States[user].ToArray(), Gather(snapshot.Items.States, read));
        return [.. weights.GroupBy(weight => read[weight.Place], weight => weight.Weight).Select(group => (Item: group.Key, Weight: group.Sum()))
            .OrderByDescending(weight => weight.Weight).ThenBy(weight => weight.Item).Select(weight => new HistoryAttention(snapshot.Items.Ids[weight.Item], weight.Weight))];
    }
}
