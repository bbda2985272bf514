using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary>The losses of <see cref="RowLoss"/> of tensor operations, on any device.</summary>
internal static class ComposedLoss
{
    /// <param name="loss">Which loss.</param>
    /// <param name="positive">[B] scores of the positives.</param>
    /// <param name="negatives">[B, N] scores, −∞ for one that is left out.</param>
    /// <param name="counts">[B] negatives that are not left out.</param>
    /// <returns>The mean loss, a scalar.</returns>
    public static Tensor Of(RankingLoss loss, Tensor positive, Tensor negatives, Tensor counts)
    {
        using var scope = NewDisposeScope();
        var own = positive.unsqueeze(1);                                                                      // [B, 1]
        var rows = loss switch
        {
            RankingLoss.SampledSoftmax or RankingLoss.FullSoftmax => nn.functional.log_softmax(cat([own, negatives], 1), 1).select(1, 0).neg(),
            RankingLoss.Bpr => LogSigmoid(Scalars.Subtract(own, negatives)).sum(1).neg() / Scalars.AtLeast(counts, 1),
            RankingLoss.BinaryCrossEntropy => Scalars.Multiply(Scalars.Add(LogSigmoid(positive), LogSigmoid(negatives.neg()).sum(1) / Scalars.AtLeast(counts, 1)), -0.5),
            _ => throw new ArgumentOutOfRangeException(nameof(loss), loss, "Expected a named loss."),
        };
        return rows.mean().MoveToOuterDisposeScope();
    }

    /// <summary>log σ(x) = min(x, 0) − log(1 + e^−|x|), of operations that META has, too.</summary>
    private static Tensor LogSigmoid(Tensor x) => Scalars.Subtract(minimum(x, zeros_like(x)), maximum(x, x.neg()).neg().exp().log1p());
}
