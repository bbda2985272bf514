namespace AutoGraph.Core.Evaluation;

/// <summary>Held-out rows to rank: a user, the target item and everything the user interacted with before, oldest first.</summary>
/// <remarks>Immutable by contract; safe for concurrent use.</remarks>
public sealed class RankingQueries
{
    private readonly int[] _users;
    private readonly int[] _targets;
    private readonly int[] _offsets;
    private readonly int[] _history;

    /// <summary>Creates queries from parallel columns.</summary>
    /// <param name="users">[Q] user position, or -1 for a user unknown to the model.</param>
    /// <param name="targets">[Q] item position.</param>
    /// <param name="offsets">[Q + 1] where each row's history begins in <paramref name="history"/>.</param>
    /// <param name="history">Item positions, oldest first, whole histories (models shorten them, masking needs them whole).</param>
    /// <exception cref="ArgumentException">The columns do not agree.</exception>
    public RankingQueries(int[] users, int[] targets, int[] offsets, int[] history)
    {
        if (users.Length != targets.Length || offsets.Length != users.Length + 1 || offsets[^1] != history.Length)
            throw new ArgumentException($"Expected columns that agree, found {users.Length} users, {targets.Length} targets, {offsets.Length} offsets and {history.Length} history items.");
        for (int query = 0; query < users.Length; query++)
            if (offsets[0] != 0 || offsets[query] > offsets[query + 1])
                throw new ArgumentException($"Expected offsets that ascend from 0, found {offsets[query]} and {offsets[query + 1]} at query {query}.", nameof(offsets));
        (_users, _targets, _offsets, _history) = (users, targets, offsets, history);
    }

    /// <summary>Which rows and items these are, by ids; null where ids are not known.</summary>
    internal QueryIdentity? Identity { get; init; }

    /// <summary>Number of queries Q.</summary>
    public int Count => _users.Length;

    /// <summary>User position of each query.</summary>
    public ReadOnlySpan<int> Users => _users;

    /// <summary>Target item of each query.</summary>
    public ReadOnlySpan<int> Targets => _targets;

    /// <summary>Everything before the target, oldest first.</summary>
    public ReadOnlySpan<int> HistoryOf(int query) => _history.AsSpan(_offsets[query].._offsets[query + 1]);
}
