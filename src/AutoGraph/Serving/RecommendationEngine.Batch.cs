using AutoGraph.Core.Retrieval;
using Microsoft.ML;

namespace AutoGraph;

public sealed partial class RecommendationEngine
{
    private const int UsersPerPass = 256;

    /// <summary>The best items of many users, for nightly jobs: one row per user and place, read from the snapshot of this moment.</summary>
    /// <param name="userIds">The users, in the order of the rows; unknown ones are answered as typical users without a history. Null: all users there are.</param>
    /// <param name="count">Items per user, at least 1. Default 10.</param>
    /// <param name="options">What may come; null: the defaults.</param>
    /// <returns>Columns UserId (text), Rank (whole, from 1), ItemId (text) and Score (<see cref="float"/>); computed while it is read, in flat memory.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public IDataView RecommendAll(IEnumerable<string>? userIds = null, int count = 10, RequestOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var chosen = options ?? RequestOptions.Default;
        chosen.Validate();
        var snapshot = _snapshot;
        string[] users = [.. userIds ?? Enumerable.Range(0, snapshot.Users.Ids.Count).Where(user => !snapshot.Users.IsHidden(user)).Select(user => snapshot.Users.Ids[user])];
        return _context.Data.LoadFromEnumerable(Rows(snapshot, users, count, chosen));
    }

    private IEnumerable<RankedItem> Rows(EngineSnapshot snapshot, string[] userIds, int count, RequestOptions options)
    {
        foreach (string[] part in userIds.Chunk(UsersPerPass))
        {
            int[] users = [.. part.Select(id => UserOf(snapshot, id))];
            ReadOnlyMemory<int>[] histories = [.. users.Select(user => user < 0 ? default : snapshot.Users.Histories[user][0])];
            float[] vectors = UserVectors(snapshot, users, histories);
            ScoredItem[][] best = Best(snapshot, vectors, histories, count, options);
            for (int i = 0; i < part.Length; i++)
                foreach (var item in RankedItem.Of(part[i], best[i].Select(item => (snapshot.Items.Ids[item.Position], item.Score))))
                    yield return item;
        }
    }

    // each item vector is read once for all of them
    private ScoredItem[][] Best(EngineSnapshot snapshot, float[] vectors, ReadOnlyMemory<int>[] histories, int count, RequestOptions options)
    {
        int width = vectors.Length / histories.Length;
        bool alone = options.ContentWeight > 0 || options.NewItems > 0 || (snapshot.Index is not null && IsIndexed(options));
        if (alone) return [.. histories.Select((history, user) => Best(snapshot, vectors.AsSpan(user * width, width), history.Span, count, options))];
        var isAllowed = Allowed(snapshot, options);
        BestItems[] best = [.. histories.Select(history => new BestItems(Math.Min(count, snapshot.Items.Ids.Count), isAllowed, options.ExcludeSeen ? history.Span : default))];
        ExactSearch.Best(snapshot.Items.Vectors, vectors, best);
        return [.. best.Select(items => items.Sorted())];
    }
}
