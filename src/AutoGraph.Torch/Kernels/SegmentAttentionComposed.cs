using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary><see cref="SegmentAttention"/> from tensor operations, for devices without a kernel of our own.</summary>
internal static class SegmentAttentionComposed
{
    /// <inheritdoc cref="SegmentAttention.Apply"/>
    public static Tensor Apply(Tensor source, Tensor sourceLogit, Tensor targetLogit, EdgeList edges, Tensor? ageLogit = null, EdgeDropout dropout = default)
    {
        using var scope = NewDisposeScope();
        var index = Index(edges, source.device);
        var sum = Scalars.Add(TableRows.Of(targetLogit, index.Targets), TableRows.Of(sourceLogit, index.Sources));
        if (ageLogit is not null) sum = Scalars.Add(sum, TableRows.Of(ageLogit, index.Ages));
        var logits = Scalars.LeakyRelu(sum, SegmentAttention.NegativeSlope);
        return Aggregate(source, logits, index, Kept(edges, (int)logits.shape[1], dropout, source)).MoveToOuterDisposeScope();
    }

    /// <summary>Σ dropout(α_e) · source_j with α the softmax of each target's logits.</summary>
    /// <param name="source">[S, H·C].</param>
    /// <param name="logits">[E, H].</param>
    /// <param name="index">The edges.</param>
    /// <param name="kept">[E, H] what weights are multiplied by after the softmax, or null.</param>
    public static Tensor Aggregate(Tensor source, Tensor logits, VisibleEdges index, Tensor? kept)
    {
        using var scope = NewDisposeScope();
        long heads = logits.shape[1], width = source.shape[1], edgeCount = index.Sources.shape[0], targetCount = index.Last.shape[0];
        var highest = edgeCount == 0 ? logits : TableRows.Of(Highest(logits.detach(), index.Targets, index.Last, index.LargestDegree), index.Targets);      // [E, H]
        var raw = Scalars.Subtract(logits, highest).exp();                                                              // [E, H], 1 at the highest of each target
        var sums = Scalars.IndexAdd(zeros(targetCount, heads, dtype: source.dtype, device: source.device), index.Targets, raw);
        var weights = raw / TableRows.Of(sums, index.Targets);                                                          // [E, H]
        if (kept is not null) weights = weights * kept;
        var messages = TableRows.Of(source, index.Sources).view(edgeCount, heads, width / heads) * weights.unsqueeze(-1);
        var output = zeros(targetCount, width, dtype: source.dtype, device: source.device);
        return Scalars.IndexAdd(output, index.Targets, messages.view(edgeCount, width)).MoveToOuterDisposeScope();
    }

    /// <summary>The highest logit of each target, [T, H], by doubling: after k rounds an edge has the maximum of the 2^k edges of its target up to it. Of a target without edges it is any.</summary>
    /// <param name="logits">[E, H], those of a target one after the other.</param>
    /// <param name="targets">[E].</param>
    /// <param name="last">[T] the last edge of each target.</param>
    /// <param name="largestDegree">Edges of the target that has most.</param>
    internal static Tensor Highest(Tensor logits, Tensor targets, Tensor last, int largestDegree)
    {
        long count = logits.shape[0];
        for (long step = 1; step < largestDegree; step *= 2)
        {
            Tensor before = logits.narrow(0, 0, count - step), own = logits.narrow(0, step, count - step);
            var isSame = targets.narrow(0, 0, count - step).eq(targets.narrow(0, step, count - step)).unsqueeze(1);
            logits = cat([logits.narrow(0, 0, step), TableRows.Choose(isSame, maximum(before, own), own)]);
        }
        return TableRows.Of(logits, last);
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

    /// <summary>The edges that show, on a device.</summary>
    public static VisibleEdges Index(EdgeList edges, Device device)
    {
        var (targets, sources, ages, last, largest) = (new List<long>(edges.EdgeCount), new List<long>(edges.EdgeCount), new List<long>(edges.EdgeCount), new long[edges.TargetCount], 0);
        for (int t = 0; t < edges.TargetCount; t++)
        {
            int before = targets.Count;
            for (int e = edges.Offsets[t]; e < edges.Offsets[t + 1]; e++)
                if (edges.Removed is null || !edges.Removed[e]) { targets.Add(t); sources.Add(edges.Sources[e]); ages.Add(edges.Offsets[t + 1] - 1 - e); }
            (last[t], largest) = (Math.Max(0, targets.Count - 1), Math.Max(largest, targets.Count - before));
        }
        return new(tensor(targets, device: device), tensor(sources, device: device), tensor(ages, device: device), tensor(last, device: device), largest);
    }

    /// <summary>Edges grouped by target.</summary>
    /// <param name="Targets">[E].</param>
    /// <param name="Sources">[E].</param>
    /// <param name="Ages">[E] how many edges of the target come after it, hidden ones too.</param>
    /// <param name="Last">[T] the last edge of each target.</param>
    /// <param name="LargestDegree">Edges of the target that has most.</param>
    public sealed record VisibleEdges(Tensor Targets, Tensor Sources, Tensor Ages, Tensor Last, int LargestDegree);
}
