using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary><see cref="SegmentAttention"/> from tensor operations, for devices without a kernel of our own.</summary>
internal static class SegmentAttentionComposed
{
    /// <inheritdoc cref="SegmentAttention.Apply"/>
    public static Tensor Apply(Tensor source, Tensor sourceLogit, Tensor targetLogit, EdgeList edges)
    {
        using var scope = NewDisposeScope();
        var (targets, sources) = Index(edges, source.device);
        long heads = sourceLogit.shape[1], width = source.shape[1], edgeCount = sources.shape[0];

        // Shifting a target's logits by any bound of its own changes no weight. LeakyReLU grows with its argument, so
        // LeakyReLU(targetLogit + max over all sources) bounds them; float64 keeps weights far below the bound above zero.
        var bound = nn.functional.leaky_relu(targetLogit + sourceLogit.amax([0], keepdim: true), SegmentAttention.NegativeSlope).detach();   // [T, H]
        var logits = nn.functional.leaky_relu(targetLogit.index_select(0, targets) + sourceLogit.index_select(0, sources), SegmentAttention.NegativeSlope);
        var raw = (logits - bound.index_select(0, targets)).to(ScalarType.Float64).exp();                                                // [E, H]
        var sums = zeros(edges.TargetCount, heads, dtype: ScalarType.Float64, device: source.device).index_add(0, targets, raw, 1);
        var weights = (raw / sums.index_select(0, targets).clamp_min(double.Epsilon)).to(source.dtype);                                   // [E, H]
        var messages = source.index_select(0, sources).view(edgeCount, heads, width / heads) * weights.unsqueeze(-1);
        return zeros(edges.TargetCount, width, dtype: source.dtype, device: source.device)
            .index_add(0, targets, messages.view(edgeCount, width), 1).MoveToOuterDisposeScope();
    }

    private static (Tensor Targets, Tensor Sources) Index(EdgeList edges, Device device)
    {
        var (targets, sources) = (new List<long>(edges.EdgeCount), new List<long>(edges.EdgeCount));
        for (int t = 0; t < edges.TargetCount; t++)
            for (int e = edges.Offsets[t]; e < edges.Offsets[t + 1]; e++)
                if (edges.Removed is null || !edges.Removed[e]) { targets.Add(t); sources.Add(edges.Sources[e]); }
        return (tensor(targets, device: device), tensor(sources, device: device));
    }
}
