using AutoGraph.Core.Graphs;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Recommendation;

namespace AutoGraph.Torch.Attention;

/// <summary>The edge lists of one pass over a factor graph; "XToY" carries messages from X to Y.</summary>
internal sealed class MetapathEdges
{
    private readonly List<int> _toUsers = [];
    private readonly List<int> _toItems = [];

    private MetapathEdges(FactorGraph graph, EdgeList itemsToUsers, EdgeList usersToItems)
    {
        (ItemsToUsers, UsersToItems) = (itemsToUsers, usersToItems);
        UsersToFactors = EdgeList.From(graph.FactorToUsers);
        FactorsToUsers = EdgeList.From(graph.UserToFactors);
        ItemsToFactors = EdgeList.From(graph.FactorToItems);
        FactorsToItems = EdgeList.From(graph.ItemToFactors);
    }

    private MetapathEdges(MetapathEdges other, EdgeList itemsToUsers, EdgeList usersToItems) =>
        (ItemsToUsers, UsersToItems, UsersToFactors, FactorsToUsers, ItemsToFactors, FactorsToItems) =
        (itemsToUsers, usersToItems, other.UsersToFactors, other.FactorsToUsers, other.ItemsToFactors, other.FactorsToItems);

    public EdgeList UsersToFactors { get; }

    public EdgeList FactorsToUsers { get; }

    public EdgeList ItemsToFactors { get; }

    public EdgeList FactorsToItems { get; }

    public EdgeList ItemsToUsers { get; }

    public EdgeList UsersToItems { get; }

    /// <summary>The edges of inference: full neighbourhoods, or a sample that the seed fixes; of users their latest items where the options say so.</summary>
    public static MetapathEdges ForInference(FactorGraph graph, MetapathGraphOptions options, int seed) => new(graph,
        options.ReadsHistory ? ItemSequences.Of(graph.Histories, options.NeighborSample).Latest(graph.ItemCount, options.NeighborSample)
            : options.FullNeighborhoods ? EdgeList.From(graph.UserToItems) : ToUsers(graph, options, seed).Draw(0),
        options.FullNeighborhoods ? EdgeList.From(graph.ItemToUsers) : ToItems(graph, options, seed).Draw(0));

    /// <summary>Draws items for users.</summary>
    public static NeighborSampler ToUsers(FactorGraph graph, MetapathGraphOptions options, int seed) => new(graph.UserToItems, options.NeighborSample, seed, "items to users");

    /// <summary>Draws users for items.</summary>
    public static NeighborSampler ToItems(FactorGraph graph, MetapathGraphOptions options, int seed) => new(graph.ItemToUsers, options.NeighborSample, seed, "users to items");

    /// <summary>All edges.</summary>
    public static MetapathEdges Full(FactorGraph graph) => new(graph, EdgeList.From(graph.UserToItems), EdgeList.From(graph.ItemToUsers));

    /// <summary>The same factor edges with other interaction edges.</summary>
    public MetapathEdges WithInteractions(EdgeList itemsToUsers, EdgeList usersToItems) => new(this, itemsToUsers, usersToItems);

    /// <summary>
    /// The guard against leakage (method: "Metapath attention"): hides the given positive pairs in both directions,
    /// without drawing others in their place, until the result is disposed.
    /// </summary>
    public IDisposable Hide(ReadOnlySpan<int> users, ReadOnlySpan<int> items)
    {
        for (int i = 0; i < users.Length; i++)
        {
            if (ItemsToUsers.Remove(users[i], items[i]) is >= 0 and var a) _toUsers.Add(a);
            if (UsersToItems.Remove(items[i], users[i]) is >= 0 and var b) _toItems.Add(b);
        }
        return new Hidden(this);
    }

    private sealed class Hidden(MetapathEdges edges) : IDisposable
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
