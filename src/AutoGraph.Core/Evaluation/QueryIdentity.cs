using AutoGraph.Core.Interactions;
using AutoGraph.Core.Randomness;

namespace AutoGraph.Core.Evaluation;

/// <summary>Which rows and which items queries are about, by ids: the same whatever positions a model gives them, in every process.</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
internal sealed class QueryIdentity
{
    private readonly Lazy<int[]> _itemsById;

    private QueryIdentity(ulong[] rows, ulong[] users, ulong items, Lazy<int[]> itemsById) => (Rows, Users, Items, _itemsById) = (rows, users, items, itemsById);

    /// <summary>[Q] hash of each row's user and item id.</summary>
    internal ulong[] Rows { get; }

    /// <summary>[Q] hash of each row's user id.</summary>
    internal ulong[] Users { get; }

    /// <summary>Hash of the set of item ids.</summary>
    internal ulong Items { get; }

    /// <summary>[I] item positions in the order of their ids.</summary>
    internal int[] ItemsById => _itemsById.Value;

    /// <param name="rows">User and item id of each query.</param>
    /// <param name="items">All items that are ranked.</param>
    internal static QueryIdentity Of(IReadOnlyList<(string User, string Item)> rows, EntityIndex items)
    {
        ulong all = 0;
        foreach (string id in items.Ids) all += RandomStream.Hash(id);
        ulong[] users = [.. rows.Select(row => RandomStream.Hash(row.User))];
        return new([.. rows.Zip(users, (row, user) => RandomStream.Hash(row.Item, user))], users, all, new(() =>
        {
            int[] positions = [.. Enumerable.Range(0, items.Count)];
            Array.Sort([.. items.Ids], positions, StringComparer.Ordinal);
            return positions;
        }));
    }

    /// <summary>The same of some queries.</summary>
    internal QueryIdentity Select(IReadOnlyList<int> queries) => new([.. queries.Select(query => Rows[query])], [.. queries.Select(query => Users[query])], Items, _itemsById);

    internal bool IsSameAs(QueryIdentity other) => Items == other.Items && Rows.AsSpan().SequenceEqual(other.Rows);
}
