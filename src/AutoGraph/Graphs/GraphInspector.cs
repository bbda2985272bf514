using System.Numerics.Tensors;
using AutoGraph.Core.Graphs;
using AutoGraph.Torch.Attention;

namespace AutoGraph;

/// <summary>Looks into the graph of a model: its size, the neighbours of a node, why two items are near.</summary>
/// <remarks>Immutable; safe for concurrent use. Export: <see cref="GraphExport"/> takes <see cref="Graph"/>.</remarks>
public sealed class GraphInspector
{
    private readonly MetapathGraphModel _model;
    private readonly Lazy<MetapathAttentionWeights> _attention;

    internal GraphInspector(GraphState state)
    {
        _model = state.Model;
        Graph = new NamedGraph(_model.Graph, state.Users.Ids, state.Items.Ids);
        _attention = new(() => MetapathAttentionWeights.Of(_model));
    }

    /// <summary>The graph with the ids of its nodes.</summary>
    public NamedGraph Graph { get; }

    /// <summary>Counts of nodes and edges by type, and degrees.</summary>
    public GraphSummary Summary => GraphSummary.Of(Graph.Graph);

    /// <inheritdoc cref="NamedGraph.Neighbors"/>
    public IReadOnlyList<GraphNode> Neighbors(GraphNode node) => Graph.Neighbors(node);

    /// <summary>Why two items are near: factors they share and users they have in common, with the attention along each path.</summary>
    /// <param name="firstItemId">One item.</param>
    /// <param name="secondItemId">The other.</param>
    /// <exception cref="ArgumentException">An id is unknown.</exception>
    public ItemNearness WhyNear(string firstItemId, string secondItemId)
    {
        int first = Graph.PositionOf(GraphNode.Item(firstItemId)), second = Graph.PositionOf(GraphNode.Item(secondItemId));
        var (graph, attention) = (_model.Graph, _attention.Value);
        var factors = Common(graph.ItemToFactors, first, second).Select(factor => new FactorLink(
            factor / graph.ItemCodes.CodebookSize, factor % graph.ItemCodes.CodebookSize, graph.FactorToItems.Degree(factor),
            Path(attention, first, factor, second), Path(attention, second, factor, first)));
        var users = Common(graph.ItemToUsers, first, second).Select(user => new UserLink(
            Graph.Users[user], attention.UsersToItems?[first, user], attention.UsersToItems?[second, user]));
        return new(firstItemId, secondItemId, TensorPrimitives.CosineSimilarity(Vector(first), Vector(second)),
            [.. factors.OrderBy(factor => factor.Level)],
            [.. users.OrderByDescending(user => user.FirstAttention + user.SecondAttention).ThenBy(user => user.UserId, StringComparer.Ordinal)]);
    }

    private static float? Path(MetapathAttentionWeights attention, int to, int factor, int from) =>
        attention.FactorsToItems?[to, factor] * attention.ItemsToFactors?[factor, from];

    private static int[] Common(Adjacency edges, int first, int second)
    {
        var other = edges.Neighbors(second).ToArray();
        return [.. edges.Neighbors(first).ToArray().Where(node => Array.BinarySearch(other, node) >= 0)];
    }

    private ReadOnlySpan<float> Vector(int item) => _model.ItemVectors.Span.Slice(item * _model.Options.Dimension, _model.Options.Dimension);
}
