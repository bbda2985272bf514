using AutoGraph.Core.Graphs;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Attention;

/// <summary>
/// An embedding per node and one for unknown nodes. In training the nodes that a draw names stand as unknown, in inference those without
/// interactions; never the latter in training: a node whose only interaction is hidden must not tell so by its embedding.
/// </summary>
internal sealed class NodeEmbeddings : nn.Module, IEmbeddingTables
{
    /// <summary>Standard deviation of initial embeddings.</summary>
    public const double Deviation = 0.1;

    private readonly Parameter nodes;       // [N, D]
    private readonly Parameter unknown;     // [1, D]
    private readonly float[] _new;          // [N] 1 where a node has no interaction

    public NodeEmbeddings(Adjacency interactions, int width, Generator generator) : base(nameof(NodeEmbeddings))
    {
        nodes = Initialize.Normal(generator, Deviation, interactions.RowCount, width);
        unknown = Initialize.Normal(generator, Deviation, 1, width);
        _new = [.. Enumerable.Range(0, interactions.RowCount).Select(row => interactions.Degree(row) == 0 ? 1f : 0f)];
        RegisterComponents();
    }

    public IEnumerable<Parameter> EmbeddingTables => [nodes];

    /// <summary>Where the embeddings are.</summary>
    public Device Device => nodes.device;

    /// <summary>Which nodes stand as unknown in one training step, 1 or 0, [N, 1]; null for none.</summary>
    /// <param name="drop">Part of the nodes that is drawn.</param>
    /// <param name="random">Where they are drawn from.</param>
    /// <param name="standAsNew">[N] nodes that stand as unknown besides, or null.</param>
    public Tensor? Draw(double drop, ref RandomStream random, bool[]? standAsNew = null)
    {
        if (drop <= 0 && standAsNew is null) return null;
        var mask = new float[_new.Length];
        for (int i = 0; i < mask.Length; i++) mask[i] = (drop > 0 && random.NextDouble() < drop) || standAsNew?[i] == true ? 1 : 0;
        return tensor(mask, mask.Length, 1, device: Device);
    }

    /// <summary>Embeddings of all nodes, [N, D].</summary>
    /// <param name="drop">What <see cref="Draw"/> gave, in training.</param>
    public Tensor All(Tensor? drop)
    {
        using var scope = NewDisposeScope();
        var mask = training ? drop : Array.Exists(_new, value => value > 0) ? tensor(_new, _new.Length, 1, nodes.dtype, Device) : null;
        return (mask is null ? nodes.alias() : TableRows.Choose(mask.to(ScalarType.Bool), unknown, nodes)).MoveToOuterDisposeScope();
    }

    /// <summary>The embedding of one node in inference, [1, D]; -1 is one that joined after training.</summary>
    public Tensor One(int row) => row < 0 || _new[row] > 0 ? unknown.alias() : nodes.narrow(0, row, 1);
}
