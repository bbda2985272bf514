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
    /// The guard against leakage (method: "Metapath attention"): hides the given positive pairs in both directions,
    /// without drawing others in their place, until the result is disposed.
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
        return new Hidden(this);
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
