using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary>
/// Softmax cross-entropy of the first of each row's candidates (App. B: the positive against sampled negatives):
/// loss = −(1/B) Σ_b log softmax_c(user_b · item_c)[0].
/// </summary>
/// <remarks>Cost on the CPU: B·C·D multiply-adds forward and twice that backward, without a [B, C, D] array; items are shared by all rows.</remarks>
internal static class SampledSoftmax
{
    /// <param name="users">[B, D].</param>
    /// <param name="items">[I, D].</param>
    /// <param name="candidates">Edges from I items to B rows; each row's first candidate is its positive, the rest are its negatives.</param>
    /// <returns>The mean loss, a scalar.</returns>
    public static Tensor Apply(Tensor users, Tensor items, EdgeList candidates)
    {
        Shapes.Expect(users, nameof(users), candidates.TargetCount, -1);
        Shapes.Expect(items, nameof(items), candidates.SourceCount, users.shape[1]);
        for (int b = 0; b < candidates.TargetCount; b++)
            if (candidates.Offsets[b + 1] <= candidates.Offsets[b])
                throw new ArgumentException($"Expected at least the positive among the candidates, found none in row {b}.", nameof(candidates));
        if (users.device_type != DeviceType.CPU) return Composed(users, items, candidates);
        return Shapes.IsDouble(users, items) ? Fused<double>.apply(users, items, candidates) : Fused<float>.apply(users, items, candidates);
    }

    private static Tensor Composed(Tensor users, Tensor items, EdgeList candidates)
    {
        using var scope = NewDisposeScope();
        int rows = candidates.TargetCount, perRow = candidates.EdgeCount / Math.Max(1, rows);
        for (int b = 0; b < rows; b++)
            if (candidates.Offsets[b + 1] - candidates.Offsets[b] != perRow)
                throw new ArgumentException($"Expected {perRow} candidates in every row, found {candidates.Offsets[b + 1] - candidates.Offsets[b]} in row {b}.", nameof(candidates));
        var index = tensor(candidates.Sources, ScalarType.Int64, users.device).view(rows, perRow);          // [B, C]
        var logits = users.mm(items.t()).gather(1, index);                                                    // [B, C]
        return nn.functional.log_softmax(logits, 1).select(1, 0).mean().neg().MoveToOuterDisposeScope();
    }

    private sealed unsafe class Fused<T> : autograd.SingleTensorFunction<Fused<T>> where T : unmanaged, IFloatingPointIeee754<T>
    {
        public override string Name => nameof(SampledSoftmax);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (users, items, edges) = (((Tensor)vars[0]).contiguous(), ((Tensor)vars[1]).contiguous(), (EdgeList)vars[2]);
            int width = (int)users.shape[1];
            var residuals = empty(edges.EdgeCount, dtype: users.dtype);                                       // [E] p − y
            var losses = new T[edges.TargetCount];
            T* u = Lanes.Pointer<T>(users), v = Lanes.Pointer<T>(items), p = Lanes.Pointer<T>(residuals);
            CpuLoop.Run(edges.TargetCount, (long)edges.EdgeCount * width, (from, to) =>
            {
                for (int b = from; b < to; b++) losses[b] = Row(edges, b, width, u, v, p);
            });
            T total = T.Zero;
            foreach (T loss in losses) total += loss;
            ctx.save_for_backward([users, items, residuals]);
            ctx.save_data(nameof(EdgeList), edges);
            var mean = empty([], dtype: users.dtype);
            *Lanes.Pointer<T>(mean) = total / T.CreateChecked(Math.Max(1, edges.TargetCount));
            return mean;
        }

        private static T Row(EdgeList edges, int b, int width, T* u, T* v, T* p)
        {
            var (first, last) = (edges.Offsets[b], edges.Offsets[b + 1]);
            T max = T.NegativeInfinity, sum = T.Zero;
            for (int e = first; e < last; e++)
                max = T.Max(max, p[e] = Lanes.Dot(u + (long)b * width, v + (long)edges.Sources[e] * width, width));
            T positive = p[first];
            for (int e = first; e < last; e++) sum += p[e] = T.Exp(p[e] - max);
            T scale = T.One / sum;
            for (int e = first; e < last; e++) p[e] *= scale;
            p[first] -= T.One;
            return T.Log(sum) + max - positive;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad)
        {
            var edges = (EdgeList)ctx.get_data(nameof(EdgeList));
            var saved = ctx.get_saved_variables();
            var (users, items, residuals) = (saved[0], saved[1], saved[2]);
            T scale = *Lanes.Pointer<T>(grad) / T.CreateChecked(Math.Max(1, edges.TargetCount));
            int width = (int)users.shape[1];
            var (gradUsers, gradItems) = (empty_like(users), empty_like(items));
            T* u = Lanes.Pointer<T>(users), v = Lanes.Pointer<T>(items), p = Lanes.Pointer<T>(residuals), du = Lanes.Pointer<T>(gradUsers), dv = Lanes.Pointer<T>(gradItems);
            long work = (long)edges.EdgeCount * width;
            CpuLoop.Run(edges.TargetCount, work, (from, to) =>
            {
                for (int b = from; b < to; b++)
                {
                    T* row = du + (long)b * width;
                    new Span<T>(row, width).Clear();
                    for (int e = edges.Offsets[b]; e < edges.Offsets[b + 1]; e++)
                        Lanes.AddScaled(row, p[e] * scale, v + (long)edges.Sources[e] * width, width);
                }
            });
            CpuLoop.Run(edges.SourceCount, work, (from, to) =>
            {
                for (int s = from; s < to; s++)
                {
                    T* row = dv + (long)s * width;
                    new Span<T>(row, width).Clear();
                    for (int i = edges.SourceOffsets[s]; i < edges.SourceOffsets[s + 1]; i++)
                        Lanes.AddScaled(row, p[edges.EdgeBySource[i]] * scale, u + (long)edges.TargetBySource[i] * width, width);
                }
            });
            foreach (var tensor in saved) tensor.Dispose();
            return [gradUsers, gradItems, null!];
        }
    }
}
