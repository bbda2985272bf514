using AutoGraph.Core.Graphs;
using AutoGraph.Torch.Kernels;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Attention;

/// <summary>How much each node attends to its neighbours in inference, over all of them or, where users read their history, its latest items: α of Eq. 6, mean over heads and, of interactions, over rounds.</summary>
/// <remarks>The weights of a node's neighbours add up to 1. Immutable; safe for concurrent use.</remarks>
internal sealed class MetapathAttentionWeights
{
    private MetapathAttentionWeights(MetapathEdges edges, AttentionTrace trace)
    {
        UsersToFactors = Attended(edges.UserFactors.ToFactors);
        FactorsToUsers = Attended(edges.UserFactors.ToMembers);
        ItemsToFactors = Attended(edges.ItemFactors.ToFactors);
        FactorsToItems = Attended(edges.ItemFactors.ToMembers);
        ItemsToUsers = Attended(edges.ItemsToUsers);
        UsersToItems = Attended(edges.UsersToItems);

        AttendedEdges? Attended(EdgeList list) => trace.Of(list) is { } weights ? new(list, weights) : null;
    }

    /// <summary>From users to user factors; null where the path is switched off or pairwise, as with all others.</summary>
    public AttendedEdges? UsersToFactors { get; }

    /// <summary>From user factors to users.</summary>
    public AttendedEdges? FactorsToUsers { get; }

    /// <summary>From items to item factors.</summary>
    public AttendedEdges? ItemsToFactors { get; }

    /// <summary>From item factors to items.</summary>
    public AttendedEdges? FactorsToItems { get; }

    /// <summary>From items to users, along interactions.</summary>
    public AttendedEdges? ItemsToUsers { get; }

    /// <summary>From users to items, along interactions.</summary>
    public AttendedEdges? UsersToItems { get; }

    /// <summary>Runs one forward pass and reads its weights.</summary>
    public static MetapathAttentionWeights Of(MetapathGraphModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var attention = model.Copy(model.Graph);
        attention.eval();
        var edges = MetapathEdges.ForInference(model.Graph, model.Options with { FullNeighborhoods = true }, seed: 0);
        using var trace = AttentionTrace.Open();
        attention.Propagate(edges);
        return new(edges, trace);
    }
}

/// <summary>Edges of one step with their attention weights.</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
internal sealed class AttendedEdges
{
    private readonly EdgeList _edges;
    private readonly float[] _weights;

    internal AttendedEdges(EdgeList edges, float[] weights) => (_edges, _weights) = (edges, weights);

    /// <summary>The weight of a source among the neighbours of a target, 0 to 1; 0 where the step does not read it.</summary>
    /// <param name="target">Position of the node that attends.</param>
    /// <param name="source">Position of the neighbour.</param>
    public float this[int target, int source]
    {
        get
        {
            float weight = 0;
            for (int edge = _edges.Offsets[target]; edge < _edges.Offsets[target + 1]; edge++)
                if (_edges.Sources[edge] == source) weight += _weights[edge];   // a history may name an item twice
            return weight;
        }
    }
}
