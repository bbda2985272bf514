using AutoGraph.Core.Graphs;
using AutoGraph.Core.Persistence;

namespace AutoGraph.Torch.Attention;

/// <summary>A factor graph with its attention weights (stub: the body is being written).</summary>
public sealed class MetapathGraphModel
{
    /// <summary>A graph with initial weights; trained at once where the options say Standalone.</summary>
    public static MetapathGraphModel Fit(FactorGraph graph, MetapathGraphOptions options, int seed) => throw new NotImplementedException();

    /// <summary>The graph.</summary>
    public FactorGraph Graph => throw new NotImplementedException();

    /// <summary>The options it was made with.</summary>
    public MetapathGraphOptions Options => throw new NotImplementedException();

    /// <summary>Graph vectors of all users, [U, D].</summary>
    public ReadOnlyMemory<float> UserVectors => throw new NotImplementedException();

    /// <summary>Graph vectors of all items, [I, D].</summary>
    public ReadOnlyMemory<float> ItemVectors => throw new NotImplementedException();

    /// <summary>Stores graph (user–item edges, codes), options and weights.</summary>
    public TensorDictionary Save() => throw new NotImplementedException();

    /// <summary>Restores; throws InvalidDataException that names what is wrong.</summary>
    public static MetapathGraphModel Load(TensorDictionary tensors) => throw new NotImplementedException();
}
