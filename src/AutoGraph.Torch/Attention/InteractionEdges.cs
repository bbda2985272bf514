using AutoGraph.Torch.Kernels;

namespace AutoGraph.Torch.Attention;

/// <summary>User–item edges in both directions, with the guard against leakage.</summary>
/// <param name="itemsToUsers">Edges that carry messages from items to users.</param>
/// <param name="usersToItems">Edges that carry messages from users to items.</param>
internal sealed class InteractionEdges(EdgeList itemsToUsers, EdgeList usersToItems)
{
    private readonly List<int> _toUsers = [];
    private readonly List<int> _toItems = [];

    public EdgeList ItemsToUsers { get; } = itemsToUsers;

    public EdgeList UsersToItems { get; } = usersToItems;

    /// <summary>
    /// The guard against leakage (paper §3.3.1): hides the given positive pairs in both directions,
    /// without drawing others in their place, until the result is disposed. Where neighbours are drawn, a pair takes the place that its edge would have among them,
    /// whether the graph has the edge or not: a step does not tell.
    /// </summary>
    /// <param name="users">Users of the pairs.</param>
    /// <param name="items">Items of the pairs.</param>
    /// <param name="newItems">[I] items that stand as new, all of whose edges are hidden too; null for none.</param>
    public IDisposable Hide(ReadOnlySpan<int> users, ReadOnlySpan<int> items, bool[]? newItems = null)
    {
        for (int item = 0; newItems is not null && item < newItems.Length; item++)
            if (newItems[item])
            {
                UsersToItems.RemoveTarget(item, _toItems);
                ItemsToUsers.RemoveSource(item, _toUsers);
            }
        for (int i = 0; i < users.Length; i++)
        {
            if (ItemsToUsers.Remove(users[i], items[i]) is >= 0 and var a) _toUsers.Add(a);
            if (UsersToItems.Remove(items[i], users[i]) is >= 0 and var b) _toItems.Add(b);
        }
        KeepPlaces(ItemsToUsers, users, items, _toUsers);
        KeepPlaces(UsersToItems, items, users, _toItems);
        return new Hidden(this);
    }

    // pairs that are not among the drawn edges push those of higher rank out
    private static void KeepPlaces(EdgeList edges, ReadOnlySpan<int> targets, ReadOnlySpan<int> sources, List<int> removed)
    {
        if (edges.Ranks is not { } ranks) return;
        var absent = new Dictionary<int, HashSet<int>>();
        for (int i = 0; i < targets.Length; i++)
        {
            int target = targets[i];
            if (edges.Sources.AsSpan(edges.Offsets[target]..edges.Offsets[target + 1]).Contains(sources[i])) continue;
            if (!absent.TryGetValue(target, out var own)) absent.Add(target, own = []);
            own.Add(sources[i]);
        }
        foreach (var (target, own) in absent)
        {
            int first = edges.Offsets[target], count = edges.Offsets[target + 1] - first;
            if (count + own.Count <= ranks.Sample) continue;
            // the rule where the graph has the pairs: who was not drawn has a higher rank than all who were
            if (count == ranks.Sample && Highest(edges, target, ranks) is var highest && own.All(source => ranks.Of(target, source) > highest)) continue;
            var places = own.Select(source => (Rank: ranks.Of(target, source), Edge: -1)).Concat(Enumerable.Range(first, count).Select(edge => (Rank: ranks.Of(target, edges.Sources[edge]), Edge: edge)));
            foreach (var (_, edge) in places.OrderBy(place => place.Rank).Skip(ranks.Sample))
                if (edge >= 0) edges.Remove(edge, removed);
        }
    }

    private static ulong Highest(EdgeList edges, int target, EdgeRanks ranks)
    {
        ulong highest = 0;
        for (int edge = edges.Offsets[target]; edge < edges.Offsets[target + 1]; edge++) highest = Math.Max(highest, ranks.Of(target, edges.Sources[edge]));
        return highest;
    }

    private sealed class Hidden(InteractionEdges edges) : IDisposable
    {
        public void Dispose()
        {
            edges.ItemsToUsers.Restore(edges._toUsers);
            edges.UsersToItems.Restore(edges._toItems);
            edges._toUsers.Clear();
            edges._toItems.Clear();
        }
    }
}
