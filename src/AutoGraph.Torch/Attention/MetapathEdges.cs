using AutoGraph.Core.Graphs;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Recommendation;

namespace AutoGraph.Torch.Attention;

/// <summary>The edge lists of one pass over a factor graph; "XToY" carries messages from X to Y.</summary>
internal sealed class MetapathEdges
{
    private readonly InteractionEdges _interactions;

    private MetapathEdges(FactorGraph graph, EdgeList itemsToUsers, EdgeList usersToItems)
    {
        _interactions = new(itemsToUsers, usersToItems);
        UserFactors = SemanticEdges.Of(graph.FactorToUsers, graph.UserToFactors, graph.UserCodes, graph.Levels);
        ItemFactors = SemanticEdges.Of(graph.FactorToItems, graph.ItemToFactors, graph.ItemCodes, graph.Levels);
    }

    private MetapathEdges(MetapathEdges other, EdgeList itemsToUsers, EdgeList usersToItems) =>
        (_interactions, UserFactors, ItemFactors) = (new(itemsToUsers, usersToItems), other.UserFactors, other.ItemFactors);

    /// <summary>Users and user factors.</summary>
    public SemanticEdges UserFactors { get; }

    /// <summary>Items and item factors.</summary>
    public SemanticEdges ItemFactors { get; }

    public EdgeList ItemsToUsers => _interactions.ItemsToUsers;

    public EdgeList UsersToItems => _interactions.UsersToItems;

    /// <summary>The edges of inference: full neighbourhoods, or a sample that the seed fixes; of users their latest items where the options say so.</summary>
    public static MetapathEdges ForInference(FactorGraph graph, MetapathGraphOptions options, int seed) => new(graph,
        options.ReadsHistory ? new ItemSequences(graph.Histories.Offsets.ToArray(), graph.Histories.Items.ToArray()).Latest(graph.ItemCount, options.NeighborSample)
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

    /// <inheritdoc cref="InteractionEdges.Hide"/>
    public IDisposable Hide(ReadOnlySpan<int> users, ReadOnlySpan<int> items, bool[]? newItems = null) => _interactions.Hide(users, items, newItems);
}
