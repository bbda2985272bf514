using System.Diagnostics;
using System.Runtime.InteropServices;
using AutoGraph.Core.Features;
using AutoGraph.Core.Retrieval;
using AutoGraph.Core.Snapshots;
using AutoGraph.Torch.Insertion;
using Microsoft.ML;

namespace AutoGraph;

/// <summary>The best items for a user or for a history at hand, with the factors they share with it; users and items can join, change and leave meanwhile.</summary>
/// <remarks>
/// Safe for concurrent use: a request reads one snapshot of all tables from its beginning to its end; a change puts a new one in its place. With a log,
/// a change is on the disk before any request sees it, and an engine made anew with the same log begins where the other ended. Without one,
/// changes are forgotten with the engine. After <see cref="Dispose"/> requests are answered still, and changes refused.
/// </remarks>
public sealed partial class RecommendationEngine : IDisposable
{
    private readonly GraphEnhancedRecommenderTransformer _model;
    private readonly NodePass _pass;
    private readonly JoiningRows _itemRows;
    private readonly JoiningRows _userRows;
    private readonly MLContext _context;
    private readonly ChangeLog? _log;
    private readonly int _factorLevels;
    private readonly Lock _writing = new();
    private volatile EngineSnapshot _snapshot;

    /// <param name="context">Makes views.</param>
    /// <param name="model">The recommender.</param>
    /// <param name="graph">Step 3 with its pipelines, or null.</param>
    /// <param name="logPath">The log of changes, or null.</param>
    /// <param name="options">Valid options.</param>
    internal RecommendationEngine(MLContext context, GraphEnhancedRecommenderTransformer model, MetapathGraphTransformer? graph, string? logPath, EngineOptions options)
    {
        (_context, _model, _pass, _factorLevels) = (context, model, new NodePass(model.Model), model.Model.Graph?.Graph.Levels ?? 0);
        bool codes = model.Model.Graph is not null || model.Model.Options.Enhancement.HasFlag(Enhancement.Uist);
        _itemRows = new("item", graph?.State.Items ?? model.Items, graph?.ItemPipeline, codes);
        _userRows = new("user", graph?.State.Users ?? model.Users, graph?.UserPipeline, codes);
        _snapshot = EngineSnapshot.Of(model, _pass);
        int[] counts = model.Histories.CountByItem(model.Items.Ids.Count);
        _untrained = [.. Enumerable.Range(0, counts.Length).Where(item => counts[item] == 0)];
        _factorNames = EngineOptions.NamesOf(options.Factors);
        if (logPath is not null) (_log, _snapshot) = ChangeLog.Open(logPath, model, _snapshot);
        try
        {
            if (options.Index is { } index) _snapshot = _snapshot with { Index = ItemIndex.Build(_snapshot.Items, index) };
        }
        catch
        {
            _log?.Dispose();        // nobody has the engine that would close it
            throw;
        }
        ServingTelemetry.Watch(this);
    }

    /// <summary>What requests read at this moment.</summary>
    internal EngineSnapshot Snapshot => _snapshot;

    /// <summary>Bytes that were cut from the end of the log when it was opened: a change that was being written when its process was killed, and that nobody was told of.</summary>
    public long CutLogBytes => _log?.CutBytes ?? 0;

    /// <summary>The best items for a user.</summary>
    /// <param name="userId">The user; an unknown or removed one is answered as a typical user without a history.</param>
    /// <param name="count">Items wanted, at least 1; fewer come where there are fewer. Default 10.</param>
    /// <param name="excludeSeen">Whether items of the user's history are left out. Default true.</param>
    public IReadOnlyList<Recommendation> Recommend(string userId, int count = 10, bool excludeSeen = true) => Recommend(userId, count, excludeSeen ? RequestOptions.Default : RequestOptions.WithSeen);

    /// <summary>The best items for a user; of equal scores the item that joined first comes first.</summary>
    /// <param name="userId">The user; an unknown or removed one is answered as a typical user without a history.</param>
    /// <param name="count">Items wanted, at least 1; fewer come where there are fewer.</param>
    /// <param name="options">What may come, and how items are scored.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public IReadOnlyList<Recommendation> Recommend(string userId, int count, RequestOptions options)
    {
        ArgumentNullException.ThrowIfNull(userId);
        var snapshot = _snapshot;
        int user = UserOf(snapshot, userId);
        return Rank(snapshot, user, user < 0 ? default : snapshot.Users.Histories[user][0], count, options);
    }

    /// <summary>The best items after a history at hand.</summary>
    /// <param name="history">Item ids, oldest first; unknown ones are left out.</param>
    /// <param name="count">Items wanted, at least 1. Default 10.</param>
    /// <param name="excludeSeen">Whether items of the history are left out. Default true.</param>
    /// <param name="userId">The user whose history it is, or null for nobody known.</param>
    public IReadOnlyList<Recommendation> RecommendFor(IEnumerable<string> history, int count = 10, bool excludeSeen = true, string? userId = null) =>
        RecommendFor(history, count, excludeSeen ? RequestOptions.Default : RequestOptions.WithSeen, userId);

    /// <summary>The best items after a history at hand; of equal scores the item that joined first comes first.</summary>
    /// <param name="history">Item ids, oldest first; unknown ones are left out.</param>
    /// <param name="count">Items wanted, at least 1.</param>
    /// <param name="options">What may come, and how items are scored.</param>
    /// <param name="userId">The user whose history it is, or null for nobody known.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public IReadOnlyList<Recommendation> RecommendFor(IEnumerable<string> history, int count, RequestOptions options, string? userId = null)
    {
        ArgumentNullException.ThrowIfNull(history);
        var snapshot = _snapshot;
        return Rank(snapshot, userId is null ? -1 : UserOf(snapshot, userId), PositionsOf(snapshot, history), count, options);
    }

    /// <summary>Closes the log and ends its gauges (<see cref="ServingTelemetry"/>); requests are still answered, changes no longer taken.</summary>
    public void Dispose()
    {
        lock (_writing)
        {
            ServingTelemetry.Leave(this);
            _closed = true;
            _log?.Dispose();
        }
    }

    private static int UserOf(EngineSnapshot snapshot, string userId) => snapshot.Users.Ids.PositionOf(userId) is >= 0 and var user && !snapshot.Users.IsHidden(user) ? user : -1;

    private static int[] PositionsOf(EngineSnapshot snapshot, IEnumerable<string> history) => [.. history.Select(snapshot.Items.Ids.PositionOf).Where(item => item >= 0)];

    private Recommendation[] Rank(EngineSnapshot snapshot, int user, ReadOnlyMemory<int> history, int count, RequestOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        long started = Stopwatch.GetTimestamp();
        var reasons = ReasonsOf(snapshot, history.Span);
        Recommendation[] answer = [.. Best(snapshot, UserVectors(snapshot, user, history), history.Span, count, options)
            .Select(best => new Recommendation(snapshot.Items.Ids[best.Position], best.Score, reasons.For(best.Position, snapshot.Items.Codes[best.Position])))];
        ServingTelemetry.Answered("recommend", started);
        return answer;
    }

    private ScoredItem[] Best(EngineSnapshot snapshot, ReadOnlySpan<float> userVectors, ReadOnlySpan<int> history, int count, RequestOptions options)
    {
        var (best, bestNew) = Candidates(snapshot, userVectors, history, count, options);
        return options.NewItems == 0 ? best : NewItemQuota.Apply(best, bestNew, count, item => IsNew(snapshot, item));
    }

    // the best items, and the best new ones where the request keeps places for them
    private (ScoredItem[] Best, ScoredItem[] New) Candidates(EngineSnapshot snapshot, ReadOnlySpan<float> userVectors, ReadOnlySpan<int> history, int count, RequestOptions options)
    {
        var (items, isAllowed) = (snapshot.Items, Allowed(snapshot, options));
        var excluded = options.ExcludeSeen ? history : default;
        float[]? scores = null;
        if (options.ContentWeight > 0)
        {
            scores = ExactSearch.Scores(items.Vectors, userVectors);        // the content term needs their mean before any is known
            ContentTerm.Add(scores, items.Content, history, options.ContentWeight, items.IsHidden);
        }
        var best = scores is not null ? TopK.Select(scores, count, isAllowed, excluded)
            : options.Allow is { } allow && allow.Count < items.Ids.Count / FewAllowed ? BestAmong(snapshot, [.. allow.Select(items.Ids.PositionOf).Where(item => item >= 0).Distinct().Order()], userVectors, count, isAllowed, excluded)
            : snapshot.Index is { } index && IsIndexed(options) ? index.Search(userVectors, count, isAllowed, excluded)
            : ExactSearch.Best(items.Vectors, userVectors, count, isAllowed, excluded);
        // enough new ones in the answer are the best new ones
        ScoredItem[] bestNew = options.NewItems == 0 ? [] : [.. best.Where(item => IsNew(snapshot, item.Position)).Take(options.NewItems)];
        return (best, bestNew.Length == options.NewItems ? bestNew : BestNew(snapshot, userVectors, scores, Math.Min(options.NewItems, count), isAllowed, excluded));
    }

    private static Func<int, bool> Allowed(EngineSnapshot snapshot, RequestOptions options)
    {
        var ids = snapshot.Items.Ids;
        var (allow, deny) = (options.Allow?.Select(ids.PositionOf).ToHashSet(), options.Deny.Select(ids.PositionOf).ToHashSet());
        return item => !snapshot.Items.IsHidden(item) && (allow is null || allow.Contains(item)) && !deny.Contains(item) && options.Where?.Invoke(ids[item]) != false;
    }

    /// <summary>[K, D] of one user; -1 for nobody known.</summary>
    internal float[] UserVectors(EngineSnapshot snapshot, int user, ReadOnlyMemory<int> history) => UserVectors(snapshot, [user], [history]);

    private float[] UserVectors(EngineSnapshot snapshot, int[] users, ReadOnlyMemory<int>[] histories)
    {
        var (offsets, latest) = (new int[users.Length + 1], new List<int>());
        for (int i = 0; i < users.Length; i++)
        {
            latest.AddRange(histories[i].Span[Math.Max(0, histories[i].Length - _pass.HistoryLength)..]);
            offsets[i + 1] = latest.Count;
        }
        var read = CollectionsMarshal.AsSpan(latest);
        float[] states = [.. users.SelectMany(user => user < 0 ? _pass.UnknownUserState : snapshot.Users.States[user].ToArray())];
        return _pass.Users(FeatureRows.Join([.. users.Select(user => user < 0 ? _pass.UserFeatures.Unknown : snapshot.Users.Features[user][0] ?? _pass.UserFeatures.Known(user))]),
            states, offsets, Gather(snapshot.Items.History, read), Gather(snapshot.Items.States, read));
    }

    private static float[] Gather(SharedRows<float> table, ReadOnlySpan<int> rows)
    {
        var values = new float[rows.Length * table.Width];
        for (int i = 0; i < rows.Length; i++) table[rows[i]].CopyTo(values.AsSpan(i * table.Width));
        return values;
    }

    private HistoryFactors ReasonsOf(EngineSnapshot snapshot, ReadOnlySpan<int> history) => new(snapshot.Items, _factorLevels, history, _factorNames);
}
