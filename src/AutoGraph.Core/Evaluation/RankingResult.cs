using System.Globalization;

namespace AutoGraph.Core.Evaluation;

/// <summary>Where each query's target ranked, under one protocol.</summary>
/// <remarks>Averages are over queries, which under leave-one-out are as many as users; <see cref="PairedComparison"/> averages the queries of a user first. Immutable; safe for concurrent use.</remarks>
public sealed class RankingResult
{
    private readonly double[] _ranks;      // [Q], 0 = skipped
    private readonly int[] _candidates;    // [Q]
    private readonly int[] _users;         // [Q], -1 = unknown
    private readonly int[] _targets;       // [Q]
    private readonly QueryIdentity? _identity;

    internal RankingResult(RankingProtocol protocol, int k, double[] ranks, int[] candidates, RankingQueries queries, RecommendedLists? lists)
        : this(protocol, k, ranks, candidates, queries.Users.ToArray(), queries.Targets.ToArray(), queries.Identity, lists) { }

    private RankingResult(RankingProtocol protocol, int k, double[] ranks, int[] candidates, int[] users, int[] targets, QueryIdentity? identity, RecommendedLists? lists)
    {
        (Protocol, Cutoff, _ranks, _candidates, _users, _targets, _identity, Lists) = (protocol, k, ranks, candidates, users, targets, identity, lists);
        Evaluated = ranks.Count(rank => rank > 0);
        Average = AverageAt(k);
    }

    /// <summary>How it was measured.</summary>
    public RankingProtocol Protocol { get; }

    /// <summary>Cut-off of NDCG and HR in <see cref="Average"/>.</summary>
    public int Cutoff { get; }

    /// <summary>Number of ranked queries.</summary>
    public int Evaluated { get; }

    /// <summary>Number of queries left out because their target was the only candidate.</summary>
    public int Skipped => _ranks.Length - Evaluated;

    /// <summary>[Q] rank of each target: 1 + candidates with a greater score + half of those with an equal one; 0 where skipped.</summary>
    public ReadOnlySpan<double> Ranks => _ranks;

    /// <summary>[Q] number of candidates of each query, the target included.</summary>
    public ReadOnlySpan<int> Candidates => _candidates;

    /// <summary>Averages over the ranked queries; NaN where none could be ranked.</summary>
    public RankingMetrics Average { get; }

    /// <summary>The lists of the K best items, where <see cref="RankingOptions.ItemInteractions"/> were given; null otherwise and for slices.</summary>
    public RecommendedLists? Lists { get; }

    /// <summary>By activity of the user, from few interactions to many, where <see cref="RankingOptions.UserInteractions"/> were given; empty otherwise and for slices. See <see cref="RankingSlices"/>.</summary>
    public IReadOnlyList<RankingResult> ByUserActivity { get; private init; } = [];

    /// <summary>By popularity of the target, from cold to warm items, where <see cref="RankingOptions.ItemInteractions"/> were given; empty otherwise and for slices. See <see cref="RankingSlices"/>.</summary>
    public IReadOnlyList<RankingResult> ByItemPopularity { get; private init; } = [];

    /// <summary>This result with its slices.</summary>
    internal RankingResult Sliced(RankingQueries queries, RankingOptions options) => new(Protocol, Cutoff, _ranks, _candidates, _users, _targets, _identity, Lists)
    {
        ByUserActivity = options.UserInteractions is { } users ? RankingSlices.ByUserActivity(this, queries, users) : [],
        ByItemPopularity = options.ItemInteractions is { } items ? RankingSlices.ByItemPopularity(this, queries, items) : [],
    };

    /// <summary>The same ranking over some of its queries.</summary>
    /// <param name="queries">Positions of the queries.</param>
    /// <param name="name">What they have in common; printed with every figure.</param>
    internal RankingResult Of(IReadOnlyList<int> queries, string name) => new(Protocol with { Split = $"{Protocol.Split} ({name})" }, Cutoff,
        [.. queries.Select(query => _ranks[query])], [.. queries.Select(query => _candidates[query])], [.. queries.Select(query => _users[query])], [.. queries.Select(query => _targets[query])],
        _identity?.Select(queries), lists: null);

    /// <summary>Averages with another cut-off.</summary>
    public RankingMetrics AverageAt(int k)
    {
        double ndcg = 0, hits = 0, reciprocal = 0, auc = 0, precision = 0, average = 0;
        foreach (var query in PerQuery(k))
        {
            ndcg += query.Ndcg;
            hits += query.HitRate;
            reciprocal += query.ReciprocalRank;
            auc += query.GroupedAuc;
            precision += query.Precision;
            average += query.AveragePrecision;
        }
        return new(ndcg / Evaluated, hits / Evaluated, reciprocal / Evaluated, auc / Evaluated, precision / Evaluated, average / Evaluated);
    }

    /// <summary>One figure of each ranked query at <see cref="Cutoff"/>, in query order, for paired comparisons.</summary>
    public double[] Values(RankingMetric metric) => [.. PerQuery(Cutoff).Select(query => query[metric])];

    /// <summary>Whether rows and candidates are the same, query by query: by ids; where one result does not know them by positions, which are those of a model.</summary>
    internal bool IsOfSameQueries(RankingResult other) => _candidates.AsSpan().SequenceEqual(other._candidates)
        && (_identity is { } own && other._identity is { } others ? own.IsSameAs(others) : _users.AsSpan().SequenceEqual(other._users) && _targets.AsSpan().SequenceEqual(other._targets));

    /// <summary>Places in <see cref="Values"/> of each user's ranked queries, in order of appearance; without ids a query of a user unknown to the model (-1) stands alone.</summary>
    internal int[][] PlacesByUser()
    {
        var (places, placesOf, ranked) = (new List<List<int>>(), new Dictionary<ulong, List<int>>(), 0);
        for (int query = 0; query < _ranks.Length; query++)
        {
            if (_ranks[query] == 0) continue;
            bool isKnown = _identity is not null || _users[query] >= 0;
            ulong user = _identity?.Users[query] ?? (ulong)_users[query];
            if (!isKnown || !placesOf.TryGetValue(user, out var own))
            {
                places.Add(own = []);
                if (isKnown) placesOf.Add(user, own);
            }
            own.Add(ranked++);
        }
        return [.. places.Select(own => own.ToArray())];
    }

    /// <summary>The averages with their protocol and the number of users, and of rows where there are more of them.</summary>
    public override string ToString() => Average.ToString(Cutoff) + string.Create(CultureInfo.InvariantCulture,
        $" ({Protocol}; {(PlacesByUser().Length is var users && users == Evaluated ? "" : $"{Evaluated:N0} rows of ")}{users:N0} users{(Skipped == 0 ? "" : $", {Skipped:N0} skipped for want of candidates")})")
        + (Lists is null ? "" : $"; {Lists}");

    private IEnumerable<RankingMetrics> PerQuery(int k)
    {
        for (int query = 0; query < _ranks.Length; query++)
            if (_ranks[query] > 0) yield return RankingMetrics.Of(_ranks[query], _candidates[query], k);
    }
}
