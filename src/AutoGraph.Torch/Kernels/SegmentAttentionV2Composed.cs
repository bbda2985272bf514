using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary><see cref="SegmentAttentionV2"/> from tensor operations, for devices without a kernel of our own.</summary>
internal static class SegmentAttentionV2Composed
{
    /// <inheritdoc cref="SegmentAttentionV2.Apply"/>
    public static Tensor Apply(Tensor source, Tensor target, Tensor attend, EdgeList edges, Tensor? ageLogit = null, EdgeDropout dropout = default)
    {
        using var scope = NewDisposeScope();
        var index = SegmentAttentionComposed.Index(edges, source.device);
        var mixed = Scalars.LeakyRelu(Scalars.Add(TableRows.Of(target, index.Targets), TableRows.Of(source, index.Sources)), SegmentAttention.NegativeSlope);
        var logits = (mixed.view(mixed.shape[0], attend.shape[0], attend.shape[1]) * attend).sum(2);              // [E, H]
        if (ageLogit is not null) logits = Scalars.Add(logits, TableRows.Of(ageLogit, index.Ages));
        return SegmentAttentionComposed.Aggregate(source, logits, index, SegmentAttentionComposed.Kept(edges, (int)attend.shape[0], dropout, source)).MoveToOuterDisposeScope();
    }
}
