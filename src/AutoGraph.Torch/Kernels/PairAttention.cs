using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary>
/// Attention of each member over all members who share a factor with it, itself included (paper Eq. 6 as printed), per head:
/// x_tj = LeakyReLU(targetLogit_t + sourceLogit_j), α = softmax over N_t, out_t = Σ α_tj · source_j; exact, and no pair is ever made.
/// </summary>
/// <remarks>
/// exp(x_tj) is exp(p_t)·exp(s_j) where s_j ≥ −p_t and exp(0.2 p_t)·exp(0.2 s_j) elsewhere, so with members sorted by s running sums give
/// every target's numerator and denominator: O(N log N + N·D) per grouping of <see cref="MemberGroups"/>. In double, with a shift per group
/// and target that keeps every exponent at most 0. On other devices than the CPU the values are brought there and back.
/// </remarks>
internal static class PairAttention
{
    /// <param name="source">[N, H·C] projected members.</param>
    /// <param name="sourceLogit">[N, H] s, aᵀ₂ W e_j.</param>
    /// <param name="targetLogit">[N, H] p, aᵀ₁ W e_t.</param>
    /// <param name="groups">Who shares factors with whom.</param>
    /// <returns>[N, H·C].</returns>
    public static Tensor Apply(Tensor source, Tensor sourceLogit, Tensor targetLogit, MemberGroups groups)
    {
        Shapes.Expect(source, nameof(source), groups.MemberCount, -1);
        Shapes.Expect(sourceLogit, nameof(sourceLogit), groups.MemberCount, -1);
        long heads = sourceLogit.shape[1];
        Shapes.Expect(targetLogit, nameof(targetLogit), groups.MemberCount, heads);
        if (heads == 0 || source.shape[1] % heads != 0)
            throw new ArgumentException($"Expected a width that {heads} heads divide, found {source.shape[1]}.", nameof(source));
        using var scope = NewDisposeScope();
        return Fused.apply(Double(source), Double(sourceLogit), Double(targetLogit), groups).to(source.dtype).to(source.device).MoveToOuterDisposeScope();
    }

    private static Tensor Double(Tensor values) => values.cpu().to(ScalarType.Float64);

    private sealed class Fused : autograd.SingleTensorFunction<Fused>
    {
        public override string Name => nameof(PairAttention);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (source, sourceLogit, targetLogit, groups) = (((Tensor)vars[0]).contiguous(), ((Tensor)vars[1]).contiguous(), ((Tensor)vars[2]).contiguous(), (MemberGroups)vars[3]);
            long heads = sourceLogit.shape[1];
            var orders = PairOrder.OfHeads(sourceLogit, targetLogit);
            var output = zeros_like(source);
            var upper = zeros(groups.MemberCount, source.shape[1] + heads, dtype: ScalarType.Float64);
            var totals = zeros(heads, groups.MemberCount, dtype: ScalarType.Float64);
            PairAttentionCpu.Forward(source, orders, groups, output, upper, totals);
            ctx.save_for_backward([source, output, upper, totals]);
            ctx.save_data(nameof(PairOrder), orders);
            ctx.save_data(nameof(MemberGroups), groups);
            return output;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad)
        {
            using var scope = NewDisposeScope();
            var saved = ctx.get_saved_variables();
            var (source, output, upper, totals) = (saved[0], saved[1], saved[2], saved[3]);
            var orders = (PairOrder[])ctx.get_data(nameof(PairOrder));
            var groups = (MemberGroups)ctx.get_data(nameof(MemberGroups));
            var gradients = (Source: zeros_like(source), SourceLogit: zeros(groups.MemberCount, orders.Length, dtype: ScalarType.Float64), TargetLogit: zeros(groups.MemberCount, orders.Length, dtype: ScalarType.Float64));
            PairAttentionCpu.Backward(source, orders, groups, output, upper, totals, grad.contiguous(), gradients.Source, gradients.SourceLogit, gradients.TargetLogit);
            foreach (var tensor in saved) tensor.Dispose();
            return [gradients.Source.MoveToOuterDisposeScope(), gradients.SourceLogit.MoveToOuterDisposeScope(), gradients.TargetLogit.MoveToOuterDisposeScope(), null!];
        }
    }
}
