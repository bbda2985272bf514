using AutoGraph.Orleans.Rollouts;
using Microsoft.Extensions.Options;

namespace AutoGraph.Orleans.Serving;

/// <summary>The tables of a version as far as one user reads them: rows of the history as fitted or as they changed, and the user.</summary>
/// <param name="Engine">An engine over them.</param>
/// <param name="User">The user's position, or -1.</param>
/// <param name="History">Positions of the history's items.</param>
/// <param name="Ids">Ids of the history, those unknown included: they may join.</param>
/// <param name="Rows">Rows by id.</param>
internal sealed record HistoryView(RecommendationEngine Engine, int User, int[] History, IReadOnlyList<string> Ids, IReadOnlyDictionary<string, StampedRow> Rows)
{
    private float[]? _vectors;

    /// <summary>[K, D] of the user.</summary>
    internal float[] Vectors => _vectors ??= Engine.UserVectors(Engine.Snapshot, User, History);

    /// <summary>The view of a history.</summary>
    /// <param name="engine">The version's engine.</param>
    /// <param name="ids">The history, oldest first.</param>
    /// <param name="rows">Rows that are known to be other ones than fitted; the others are taken as fitted.</param>
    /// <param name="user">Puts the user into place, once the items are.</param>
    internal static HistoryView Of(RecommendationEngine engine, IReadOnlyList<string> ids, IReadOnlyDictionary<string, StampedRow> rows, Func<EngineSnapshot, (EngineSnapshot Snapshot, int User)> user)
    {
        var known = ids.Distinct(StringComparer.Ordinal).ToDictionary(id => id, id => rows.GetValueOrDefault(id) ?? new StampedRow(id, engine.Snapshot.Items.Ids.PositionOf(id) >= 0 ? 0 : -1, null), StringComparer.Ordinal);
        var (snapshot, position) = user(known.Values.Aggregate(engine.Snapshot, (tables, row) => row.Change is { } change ? tables.Put(Read<Change.ItemChange>(change)) : tables));
        int[] history = [.. ids.Select(snapshot.Items.Ids.PositionOf).Where(item => item >= 0)];
        return new(engine.Over(snapshot), position, history, ids, known);
    }

    /// <summary>The one change that was written.</summary>
    internal static T Read<T>(byte[] change) where T : Change => (T)Change.Read(change).Single();
}

/// <summary>Asks all shards and puts their answers together.</summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class ShardCalls(IGrainFactory grains, IOptions<ClusterOptions> options)
{
    private const int MostTries = 20;

    private int Shards => options.Value.Shards;

    internal IShardGrain ShardOf(string itemId) => grains.GetGrain<IShardGrain>(ShardHash.Of(itemId, Shards));

    internal IUserGrain User(string id) => grains.GetGrain<IUserGrain>(id);

    /// <summary>Rows of items that are not as fitted.</summary>
    internal async Task<Dictionary<string, StampedRow>> RowsAsync(string version, RecommendationEngine engine, IEnumerable<string> ids, long before = long.MaxValue)
    {
        var calls = ids.Distinct(StringComparer.Ordinal).GroupBy(id => ShardHash.Of(id, Shards)).Select(part => grains.GetGrain<IShardGrain>(part.Key)
            .RowsAsync(version, [.. part.Select(id => new SeenItem(id, engine.Snapshot.Items.Ids.PositionOf(id) >= 0 ? 0 : -1))], before));
        return (await Task.WhenAll(calls)).SelectMany(rows => rows).ToDictionary(row => row.Id, StringComparer.Ordinal);
    }

    /// <summary>The answer to a request; makes the view anew where rows of its history changed meanwhile.</summary>
    /// <param name="version">The model.</param>
    /// <param name="message">The request.</param>
    /// <param name="view">The view to begin with.</param>
    /// <param name="renew">The view with other rows.</param>
    internal async Task<RecommendAnswer> AnswerAsync(ModelVersion version, RecommendMessage message, HistoryView view, Func<IReadOnlyDictionary<string, StampedRow>, HistoryView> renew)
    {
        using var request = ClusterTelemetry.Request(version.Name);
        for (int tries = 1; ; tries++)
        {
            float[] vectors = view.Vectors;
            var seen = view.Rows.Values.ToLookup(row => ShardHash.Of(row.Id, Shards), row => new SeenItem(row.Id, row.Stamp));
            var deny = message.Deny.ToLookup(id => ShardHash.Of(id, Shards));
            var allow = message.Allow?.ToLookup(id => ShardHash.Of(id, Shards));
            var answers = await Task.WhenAll(Enumerable.Range(0, Shards).Select(shard => grains.GetGrain<IShardGrain>(shard).SearchAsync(
                new(version.Name, vectors, message.Count, message.NewItems, message.ExcludeSeen, allow?[shard].ToArray(), [.. deny[shard]], [.. seen[shard]]))));
            StampedRow[] stale = [.. answers.SelectMany(answer => answer.Stale)];
            if (stale.Length == 0)
            {
                var best = CatalogueSlice.Merge(answers.SelectMany(answer => answer.Best).Select(item => item.ToItem()), answers.SelectMany(answer => answer.New).Select(item => item.ToItem()), message.Count, message.NewItems);
                return new(version.Name, [.. best.Select(item => Of(view.Engine.Recommended(item, view.History)))]);
            }
            if (tries == MostTries) throw new InvalidOperationException($"Expected the items of the history to stay as they are for a moment, found that they changed {MostTries} times during one request. Ask again.");
            ClusterTelemetry.Stale.Add(1);
            view = renew(view.Rows.Values.Where(row => row.Change is not null || row.Stamp < 0).Concat(stale).GroupBy(row => row.Id, StringComparer.Ordinal).ToDictionary(rows => rows.Key, rows => rows.Last(), StringComparer.Ordinal));
        }
    }

    private static RecommendationMessage Of(Recommendation item) => new(item.ItemId, item.Score, [.. item.Reasons.Select(reason => new ReasonMessage(reason.Level, reason.Code, [.. reason.HistoryItems], reason.Name))]);
}
