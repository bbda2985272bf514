using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary><see cref="SegmentAttention"/> from tensor operations, for devices without a kernel of our own.</summary>
internal static class SegmentAttentionComposed
{
    /// <inheritdoc cref="SegmentAttention.Apply"/>
    public static Tensor Apply(Tensor source, Tensor sourceLogit, Tensor targetLogit, EdgeList edges, Tensor? ageLogit = null, EdgeDropout dropout = default)
    {
        using var scope = NewDisposeScope();
        var (targets, sources, ages) = Index(edges, source.device);

        // Shifting a target's logits by any bound of its own changes no weight. LeakyReLU grows with its argument, so
        // LeakyReLU(targetLogit + max over all sources) bounds them; float64 keeps weights far below the bound above zero.
        var (highest, sum) = (Scalars.Add(targetLogit, sourceLogit.amax([0], keepdim: true)), Scalars.Add(TableRows.Of(targetLogit, targets), TableRows.Of(sourceLogit, sources)));
        if (ageLogit is not null) (highest, sum) = (Scalars.Add(highest, ageLogit.amax([0], keepdim: true)), Scalars.Add(sum, TableRows.Of(ageLogit, ages)));
        var bound = Scalars.LeakyRelu(highest, SegmentAttention.NegativeSlope).detach();                                                         // [T, H]
        var logits = Scalars.LeakyRelu(sum, SegmentAttention.NegativeSlope);
        return Aggregate(source, logits, bound, targets, sources, Kept(edges, (int)logits.shape[1], dropout, source)).MoveToOuterDisposeScope();
    }

    /// <summary>Σ dropout(α_e) · source_j with α the softmax of each target's logits.</summary>
    /// <param name="source">[S, H·C].</param>
    /// <param name="logits">[E, H].</param>
    /// <param name="bound">[T, H] no logit of the target is above it.</param>
    /// <param name="targets">[E].</param>
    /// <param name="sources">[E].</param>
    /// <param name="kept">[E, H] what weights are multiplied by after the softmax, or null.</param>
    public static Tensor Aggregate(Tensor source, Tensor logits, Tensor bound, Tensor targets, Tensor sources, Tensor? kept)
    {
        using var scope = NewDisposeScope();
        long heads = logits.shape[1], width = source.shape[1], edgeCount = sources.shape[0], targetCount = bound.shape[0];
        var raw = Scalars.Subtract(logits, TableRows.Of(bound, targets)).to(ScalarType.Float64).exp();                                                // [E, H]
        var sums = Scalars.IndexAdd(zeros(targetCount, heads, dtype: ScalarType.Float64, device: source.device), targets, raw);
        var weights = (raw / Scalars.AtLeast(TableRows.Of(sums, targets), double.Epsilon)).to(source.dtype);                                   // [E, H]
        if (kept is not null) weights = weights * kept;
        var messages = TableRows.Of(source, sources).view(edgeCount, heads, width / heads) * weights.unsqueeze(-1);
        var output = zeros(targetCount, width, dtype: source.dtype, device: source.device);
        return Scalars.IndexAdd(output, targets, messages.view(edgeCount, width)).MoveToOuterDisposeScope();
    }

    /// <summary>1 / (1 − p) for the weights that are kept and 0 for those dropped, [E, H] of the visible edges; null without dropout.</summary>
    public static Tensor? Kept(EdgeList edges, int heads, EdgeDropout dropout, Tensor like)
    {
        if (!dropout.IsOn) return null;
        var kept = new List<double>(edges.EdgeCount * heads);
        for (int t = 0; t < edges.TargetCount; t++)
            for (int e = edges.Offsets[t]; e < edges.Offsets[t + 1]; e++)
                for (int h = 0; h < heads && edges.Removed?[e] != true; h++) kept.Add(dropout.Drops(t, edges.Sources[e], h) ? 0 : dropout.Scale);
        return tensor(kept.ToArray(), kept.Count / heads, heads, like.dtype, like.device);
    }

    /// <summary>Target, source and age of each visible edge, [E] each.</summary>
    public static (Tensor Targets, Tensor Sources, Tensor Ages) Index(EdgeList edges, Device device)
    {
        var (targets, sources, ages) = (new List<long>(edges.EdgeCount), new List<long>(edges.EdgeCount), new List<long>(edges.EdgeCount));
        for (int t = 0; t < edges.TargetCount; t++)
            for (int e = edges.Offsets[t]; e < edges.Offsets[t + 1]; e++)
                if (edges.Removed is null || !edges.Removed[e]) { targets.Add(t); sources.Add(edges.Sources[e]); ages.Add(edges.Offsets[t + 1] - 1 - e); }
        return (tensor(targets, device: device), tensor(sources, device: device), tensor(ages, device: device));
    }
}
