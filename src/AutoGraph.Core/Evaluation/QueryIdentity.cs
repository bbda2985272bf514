using AutoGraph.Core.Interactions;
using AutoGraph.Core.Randomness;

namespace AutoGraph.Core.Evaluation;

/// <summary>Which rows and which items queries are about, by ids: the same whatever positions a model gives them, in every process.</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
internal sealed class QueryIdentity
{
    private readonly Lazy<int[]> _itemsById;

    private QueryIdentity(ulong[] rows, ulong items, Lazy<int[]> itemsById) => (Rows, Items, _itemsById) = (rows, items, itemsById);

    /// <summary>[Q] hash of each row's user and item id.</summary>
    internal ulong[] Rows { get; }

    /// <summary>Hash of the set of item ids.</summary>
    internal ulong Items { get; }

    /// <summary>[I] item positions in the order of their ids.</summary>
    internal int[] ItemsById => _itemsById.Value;

    /// <param name="rows">User and item id of each query.</param>
    /// <param name="items">All items that are ranked.</param>
    internal static QueryIdentity Of(IEnumerable<(string User, string Item)> rows, EntityIndex items)
    {
        ulong all = 0;
        foreach (string id in items.Ids) all += RandomStream.Hash(id);
        return new([.. rows.Select(row => RandomStream.Hash(row.Item, RandomStream.Hash(row.User)))], all, new(() =>
        {
            int[] positions = [.. Enumerable.Range(0, items.Count)];
            Array.Sort([.. items.Ids], positions, StringComparer.Ordinal);
            return positions;
        }));
    }

    /// <summary>The same of some queries.</summary>
    internal QueryIdentity Select(IReadOnlyList<int> queries) => new([.. queries.Select(query => Rows[query])], Items, _itemsById);

    internal bool IsSameAs(QueryIdentity other) => Items == other.Items && Rows.AsSpan().SequenceEqual(other.Rows);
}
