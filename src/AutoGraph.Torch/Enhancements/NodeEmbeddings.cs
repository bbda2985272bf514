using AutoGraph.Core.Graphs;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Enhancements;

/// <summary>
/// An embedding per node and one for unknown nodes. In training random nodes stand as unknown, in inference those without
/// interactions; never the latter in training: a node whose only interaction is hidden must not tell so by its embedding.
/// </summary>
internal sealed class NodeEmbeddings : nn.Module
{
    private readonly Parameter nodes;       // [N, D]
    private readonly Parameter unknown;     // [1, D]
    private readonly float[] _new;          // [N] 1 where a node has no interaction

    public NodeEmbeddings(Csr interactions, int width, double deviation, Generator generator) : base(nameof(NodeEmbeddings))
    {
        nodes = Initialize.Normal(generator, deviation, interactions.RowCount, width);
        unknown = Initialize.Normal(generator, deviation, 1, width);
        _new = [.. Enumerable.Range(0, interactions.RowCount).Select(row => interactions.Degree(row) == 0 ? 1f : 0f)];
        RegisterComponents();
    }

    /// <summary>Where the embeddings are.</summary>
    public Device Device => nodes.device;

    /// <summary>[N, D].</summary>
    /// <param name="drop">Part of the nodes that stand as unknown, in training.</param>
    /// <param name="random">Where they are drawn from.</param>
    /// <param name="standAsNew">[N] nodes that stand as unknown besides, or null.</param>
    public Tensor Draw(double drop, ref RandomStream random, bool[]? standAsNew = null)
    {
        float[]? mask = !training ? Array.Exists(_new, value => value > 0) ? _new : null : drop > 0 || standAsNew is not null ? new float[_new.Length] : null;
        if (mask is null) return nodes.alias();
        if (training)
            for (int i = 0; i < mask.Length; i++) mask[i] = (drop > 0 && random.NextDouble() < drop) || standAsNew?[i] == true ? 1 : 0;
        using var scope = NewDisposeScope();
        return where(tensor(mask, mask.Length, 1, device: nodes.device).to(ScalarType.Bool), unknown, nodes).MoveToOuterDisposeScope();
    }
}
