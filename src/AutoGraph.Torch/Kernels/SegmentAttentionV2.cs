using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary>
/// Attention over the edges of each target whose logits mix target and source before the nonlinearity:
/// x_e = aᵀ LeakyReLU(target_t + source_j) + ageLogit_p, α = softmax over the target's edges, out_t = Σ dropout(α_e) · source_j, per head.
/// In <see cref="SegmentAttention"/> the order of a target's neighbours by α is the same for every target; here it is not.
/// </summary>
/// <remarks>
/// Reference: Brody, Alon and Yahav 2022, "How attentive are graph attention networks?", Eq. 7. On the CPU a fused kernel with its own backward
/// pass, 2·E·D multiply-adds forward and 5·E·D backward, without any [E, D] array; on other devices composed from tensor operations.
/// </remarks>
internal static class SegmentAttentionV2
{
    /// <param name="source">[S, H·C] W_src e_j.</param>
    /// <param name="target">[T, H·C] W_dst e_t.</param>
    /// <param name="attend">[H, C] a.</param>
    /// <param name="edges">Edges from S sources to T targets.</param>
    /// <param name="ageLogit">[P, H] for ages below P, which no edge may reach; null for none.</param>
    /// <param name="dropout">Dropout on the weights; none in inference.</param>
    /// <returns>[T, H·C].</returns>
    public static Tensor Apply(Tensor source, Tensor target, Tensor attend, EdgeList edges, Tensor? ageLogit = null, EdgeDropout dropout = default)
    {
        Shapes.Expect(attend, nameof(attend), -1, -1);
        long heads = attend.shape[0], width = heads * attend.shape[1];
        Shapes.Expect(source, nameof(source), edges.SourceCount, width);
        Shapes.Expect(target, nameof(target), edges.TargetCount, width);
        if (ageLogit is not null) SegmentAttention.CheckAges(ageLogit, edges, heads);
        if (source.device_type != DeviceType.CPU) return SegmentAttentionV2Composed.Apply(source, target, attend, edges, ageLogit, dropout);
        using var ages = ageLogit is null ? zeros(0, heads, dtype: source.dtype) : ageLogit.alias();
        return Shapes.IsDouble(source, target, attend, ages)
            ? Fused<double>.apply(source, target, attend, edges, ages, dropout)
            : Fused<float>.apply(source, target, attend, edges, ages, dropout);
    }

    private sealed class Fused<T> : autograd.SingleTensorFunction<Fused<T>> where T : unmanaged, IFloatingPointIeee754<T>
    {
        public override string Name => nameof(SegmentAttentionV2);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (source, target, attend, edges, ageLogit) = (((Tensor)vars[0]).contiguous(), ((Tensor)vars[1]).contiguous(), ((Tensor)vars[2]).contiguous(), (EdgeList)vars[3], ((Tensor)vars[4]).contiguous());
            var dropout = (EdgeDropout)vars[5];
            var output = empty(edges.TargetCount, source.shape[1], dtype: source.dtype);
            var weights = empty(edges.EdgeCount, attend.shape[0], dtype: source.dtype);
            SegmentAttentionV2Cpu<T>.Forward(source, target, attend, ageLogit, edges, dropout, weights, output);
            AttentionTrace.Note<T>(edges, weights);
            ctx.save_for_backward([source, target, attend, ageLogit, weights]);
            ctx.save_data(nameof(EdgeList), edges);
            ctx.save_data(nameof(EdgeDropout), dropout);
            return output;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad)
        {
            using var scope = NewDisposeScope();
            var saved = ctx.get_saved_variables();
            var (source, target, attend, ageLogit, weights) = (saved[0], saved[1], saved[2], saved[3], saved[4]);
            var (edges, dropout) = ((EdgeList)ctx.get_data(nameof(EdgeList)), (EdgeDropout)ctx.get_data(nameof(EdgeDropout)));
            var gradients = (Source: empty_like(source), Target: empty_like(target), Attend: zeros_like(attend), AgeLogit: zeros_like(ageLogit));
            SegmentAttentionV2Cpu<T>.Backward(source, target, attend, weights, edges, dropout, grad.contiguous(), gradients.Source, gradients.Target, gradients.Attend, gradients.AgeLogit);
            foreach (var tensor in saved) tensor.Dispose();
            return [gradients.Source.MoveToOuterDisposeScope(), gradients.Target.MoveToOuterDisposeScope(), gradients.Attend.MoveToOuterDisposeScope(), null!, gradients.AgeLogit.MoveToOuterDisposeScope(), null!];
        }
    }
}
