using System.Globalization;
using AutoGraph.Core.Interactions;

namespace AutoGraph.Core.Graphs;

/// <summary>A <see cref="FactorGraph"/> whose nodes are found by id, to look into and to hand to other tools.</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
public sealed class NamedGraph
{
    /// <summary>Names the nodes of a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="users">Ids of its users.</param>
    /// <param name="items">Ids of its items.</param>
    /// <exception cref="ArgumentException">The graph has other numbers of users or items.</exception>
    public NamedGraph(FactorGraph graph, EntityIndex users, EntityIndex items)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(users);
        ArgumentNullException.ThrowIfNull(items);
        if (graph.UserCount != users.Count || graph.ItemCount != items.Count)
            throw new ArgumentException($"Expected ids of {graph.UserCount} users and {graph.ItemCount} items, found {users.Count} and {items.Count}.");
        (Graph, Users, Items) = (graph, users, items);
    }

    /// <summary>The graph by positions.</summary>
    public FactorGraph Graph { get; }

    /// <summary>Ids of the users.</summary>
    public EntityIndex Users { get; }

    /// <summary>Ids of the items.</summary>
    public EntityIndex Items { get; }

    /// <summary>
    /// The neighbours of a node: of a user its items, then its factors; of an item its users, then its factors; of a factor its members.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such node.</exception>
    public IReadOnlyList<GraphNode> Neighbors(GraphNode node)
    {
        int position = PositionOf(node);
        return node.Kind switch
        {
            GraphNodeKind.User => [.. Nodes(GraphNodeKind.Item, Graph.UserToItems, position), .. Nodes(GraphNodeKind.UserFactor, Graph.UserToFactors, position)],
            GraphNodeKind.Item => [.. Nodes(GraphNodeKind.User, Graph.ItemToUsers, position), .. Nodes(GraphNodeKind.ItemFactor, Graph.ItemToFactors, position)],
            GraphNodeKind.UserFactor => Nodes(GraphNodeKind.User, Graph.FactorToUsers, position),
            _ => Nodes(GraphNodeKind.Item, Graph.FactorToItems, position),
        };
    }

    /// <summary>The position of a node in its part of <see cref="Graph"/>.</summary>
    /// <exception cref="ArgumentException">There is no such node.</exception>
    public int PositionOf(GraphNode node) => node.Kind switch
    {
        GraphNodeKind.User => Known(Users, node),
        GraphNodeKind.Item => Known(Items, node),
        GraphNodeKind.UserFactor => Factor(Graph.UserCodes.CodebookSize, node),
        GraphNodeKind.ItemFactor => Factor(Graph.ItemCodes.CodebookSize, node),
        _ => throw new ArgumentException($"Expected a user, an item or a factor of either, found {node.Kind}.", nameof(node)),
    };

    /// <summary>The node at a position.</summary>
    internal GraphNode NodeAt(GraphNodeKind kind, int position) => kind switch
    {
        GraphNodeKind.User => GraphNode.User(Users[position]),
        GraphNodeKind.Item => GraphNode.Item(Items[position]),
        GraphNodeKind.UserFactor => GraphNode.UserFactor(position / Graph.UserCodes.CodebookSize, position % Graph.UserCodes.CodebookSize),
        _ => GraphNode.ItemFactor(position / Graph.ItemCodes.CodebookSize, position % Graph.ItemCodes.CodebookSize),
    };

    /// <summary>Every node but factors without members: users, items, user factors, item factors.</summary>
    internal IEnumerable<GraphNode> AllNodes() => Range(GraphNodeKind.User, Graph.UserToItems).Concat(Range(GraphNodeKind.Item, Graph.ItemToUsers))
        .Concat(Range(GraphNodeKind.UserFactor, Graph.FactorToUsers)).Concat(Range(GraphNodeKind.ItemFactor, Graph.FactorToItems));

    /// <summary>Every edge once: interactions, user–factor and item–factor edges.</summary>
    internal IEnumerable<(GraphNode From, GraphNode To)> AllEdges() => Edges(GraphNodeKind.User, Graph.UserToItems, GraphNodeKind.Item)
        .Concat(Edges(GraphNodeKind.User, Graph.UserToFactors, GraphNodeKind.UserFactor)).Concat(Edges(GraphNodeKind.Item, Graph.ItemToFactors, GraphNodeKind.ItemFactor));

    private IEnumerable<GraphNode> Range(GraphNodeKind kind, Adjacency edges) =>
        Enumerable.Range(0, edges.RowCount).Where(row => kind is GraphNodeKind.User or GraphNodeKind.Item || edges.Degree(row) > 0).Select(row => NodeAt(kind, row));

    private IEnumerable<(GraphNode, GraphNode)> Edges(GraphNodeKind from, Adjacency edges, GraphNodeKind to) =>
        Enumerable.Range(0, edges.RowCount).SelectMany(row => Nodes(to, edges, row).Select(node => (NodeAt(from, row), node)));

    private GraphNode[] Nodes(GraphNodeKind kind, Adjacency edges, int row) => [.. edges.Neighbors(row).ToArray().Select(position => NodeAt(kind, position))];

    private static int Known(EntityIndex ids, GraphNode node) => node.Id is not null && ids.TryGetPosition(node.Id, out int position)
        ? position
        : throw new ArgumentException($"Expected the id of a node of the graph, found '{node}'.", nameof(node));

    private int Factor(int size, GraphNode node) =>
        node.Id?.Split('.') is [var first, var second]
        && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out int level) && level < Graph.Levels
        && int.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out int code) && code < size
            ? level * size + code
            : throw new ArgumentException($"Expected a factor \"level.code\" with a level from 0 to {Graph.Levels - 1} and a code from 0 to {size - 1}, found '{node}'.", nameof(node));
}
