using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary>
/// Attention over the edges of each target (paper Eq. 6), with logits given per node:
/// x_e = LeakyReLU(targetLogit_t + sourceLogit_j + ageLogit_p), α = softmax over the target's edges, out_t = Σ dropout(α_e) · source_j.
/// The age p of an edge counts the edges of its target that come after it. A target without edges gets zeros.
/// </summary>
/// <remarks>
/// On the CPU a fused kernel of its own with its own backward pass; on other devices composed from tensor operations.
/// Cost: forward E·D multiply-adds, backward 2·E·D; no [E, D] array is ever made on the CPU.
/// </remarks>
internal static class SegmentAttention
{
    /// <summary>Slope of LeakyReLU for negative logits (Veličković et al. 2018).</summary>
    public const double NegativeSlope = 0.2;

    /// <param name="source">[S, H·C] projected source features.</param>
    /// <param name="sourceLogit">[S, H] aᵀ₂ W e_j.</param>
    /// <param name="targetLogit">[T, H] aᵀ₁ W e_t.</param>
    /// <param name="edges">Edges from S sources to T targets.</param>
    /// <param name="ageLogit">[P, H] for ages below P, which no edge may reach; null for none.</param>
    /// <param name="dropout">Dropout on the weights; none in inference.</param>
    /// <returns>[T, H·C].</returns>
    public static Tensor Apply(Tensor source, Tensor sourceLogit, Tensor targetLogit, EdgeList edges, Tensor? ageLogit = null, EdgeDropout dropout = default)
    {
        Shapes.Expect(source, nameof(source), edges.SourceCount, -1);
        Shapes.Expect(sourceLogit, nameof(sourceLogit), edges.SourceCount, -1);
        long heads = sourceLogit.shape[1];
        Shapes.Expect(targetLogit, nameof(targetLogit), edges.TargetCount, heads);
        if (heads == 0 || source.shape[1] % heads != 0)
            throw new ArgumentException($"Expected a width that {heads} heads divide, found {source.shape[1]}.", nameof(source));
        if (ageLogit is not null) CheckAges(ageLogit, edges, heads);
        if (source.device_type != DeviceType.CPU) return SegmentAttentionComposed.Apply(source, sourceLogit, targetLogit, edges, ageLogit, dropout);
        using var ages = ageLogit is null ? zeros(0, heads, dtype: source.dtype) : ageLogit.alias();
        return Shapes.IsDouble(source, sourceLogit, targetLogit, ages)
            ? Fused<double>.apply(source, sourceLogit, targetLogit, edges, ages, dropout)
            : Fused<float>.apply(source, sourceLogit, targetLogit, edges, ages, dropout);
    }

    /// <summary>Throws unless there are age logits [P, H] for every edge.</summary>
    internal static void CheckAges(Tensor ageLogit, EdgeList edges, long heads)
    {
        Shapes.Expect(ageLogit, nameof(ageLogit), -1, heads);
        if (edges.LargestDegree > ageLogit.shape[0])
            throw new ArgumentException($"Expected at most {ageLogit.shape[0]} edges per target, as many as there are age logits, found {edges.LargestDegree}.", nameof(edges));
    }

    private sealed class Fused<T> : autograd.SingleTensorFunction<Fused<T>> where T : unmanaged, IFloatingPointIeee754<T>
    {
        public override string Name => nameof(SegmentAttention);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (source, sourceLogit, targetLogit, edges, ageLogit) = (((Tensor)vars[0]).contiguous(), ((Tensor)vars[1]).contiguous(), ((Tensor)vars[2]).contiguous(), (EdgeList)vars[3], ((Tensor)vars[4]).contiguous());
            var dropout = (EdgeDropout)vars[5];
            var output = empty(edges.TargetCount, source.shape[1], dtype: source.dtype);
            var weights = empty(edges.EdgeCount, sourceLogit.shape[1], dtype: source.dtype);
            SegmentAttentionCpu<T>.Forward(source, sourceLogit, targetLogit, ageLogit, edges, dropout, weights, output);
            AttentionTrace.Note<T>(edges, weights);
            ctx.save_for_backward([source, sourceLogit, targetLogit, ageLogit, weights]);
            ctx.save_data(nameof(EdgeList), edges);
            ctx.save_data(nameof(EdgeDropout), dropout);
            return output;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad)
        {
            using var scope = NewDisposeScope();
            var saved = ctx.get_saved_variables();
            var (source, sourceLogit, targetLogit, ageLogit, weights) = (saved[0], saved[1], saved[2], saved[3], saved[4]);
            var (edges, dropout) = ((EdgeList)ctx.get_data(nameof(EdgeList)), (EdgeDropout)ctx.get_data(nameof(EdgeDropout)));
            var gradients = (Source: empty_like(source), SourceLogit: empty_like(sourceLogit), TargetLogit: empty_like(targetLogit), AgeLogit: zeros_like(ageLogit));
            SegmentAttentionCpu<T>.Backward(source, sourceLogit, targetLogit, ageLogit, weights, edges, dropout, grad.contiguous(), gradients.Source, gradients.SourceLogit, gradients.TargetLogit, gradients.AgeLogit);
            foreach (var tensor in saved) tensor.Dispose();
            return [gradients.Source.MoveToOuterDisposeScope(), gradients.SourceLogit.MoveToOuterDisposeScope(), gradients.TargetLogit.MoveToOuterDisposeScope(), null!, gradients.AgeLogit.MoveToOuterDisposeScope(), null!];
        }
    }
}
