using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary><see cref="SegmentAttentionV2"/> from tensor operations, for devices without a kernel of our own.</summary>
internal static class SegmentAttentionV2Composed
{
    /// <inheritdoc cref="SegmentAttentionV2.Apply"/>
    public static Tensor Apply(Tensor source, Tensor target, Tensor attend, EdgeList edges, Tensor? ageLogit = null, EdgeDropout dropout = default)
    {
        using var scope = NewDisposeScope();
        var (targets, sources, ages) = SegmentAttentionComposed.Index(edges, source.device);
        var logits = Logits(Scalars.Add(TableRows.Of(target, targets), TableRows.Of(source, sources)), attend).sum(2);              // [E, H]
        // each channel's part of a logit is largest where the source is largest or, under a negative a, smallest
        var bound = maximum(Logits(Scalars.Add(target, source.amax([0], keepdim: true)), attend), Logits(Scalars.Add(target, source.amin([0], keepdim: true)), attend)).sum(2);
        if (ageLogit is not null) (logits, bound) = (Scalars.Add(logits, TableRows.Of(ageLogit, ages)), Scalars.Add(bound, ageLogit.amax([0], keepdim: true)));
        return SegmentAttentionComposed.Aggregate(source, logits, bound.detach(), targets, sources, SegmentAttentionComposed.Kept(edges, (int)attend.shape[0], dropout, source)).MoveToOuterDisposeScope();
    }

    /// <summary>a ∘ LeakyReLU(mixed), [N, H, C].</summary>
    private static Tensor Logits(Tensor mixed, Tensor attend) =>
        Scalars.LeakyRelu(mixed, SegmentAttention.NegativeSlope).view(mixed.shape[0], attend.shape[0], attend.shape[1]) * attend;
}
