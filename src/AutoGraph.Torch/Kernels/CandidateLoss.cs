using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary>A ranking loss over candidates of each row's own: the first is its positive, the rest are its negatives. Score = user_b · item_c − log Q_c.</summary>
/// <remarks>Cost on the CPU: B·C·D multiply-adds forward and twice that backward, without a [B, C, D] array; items are shared by all rows.</remarks>
internal static class CandidateLoss
{
    /// <param name="loss">Which loss.</param>
    /// <param name="users">[B, D].</param>
    /// <param name="items">[I, D].</param>
    /// <param name="candidates">Edges from I items to B rows; each row's first candidate is its positive, the rest are its negatives.</param>
    /// <param name="logQ">[I] log Q, by which scores are corrected, or null.</param>
    /// <returns>The mean loss, a scalar.</returns>
    public static Tensor Apply(RankingLoss loss, Tensor users, Tensor items, EdgeList candidates, double[]? logQ = null)
    {
        Shapes.Expect(users, nameof(users), candidates.TargetCount, -1);
        Shapes.Expect(items, nameof(items), candidates.SourceCount, users.shape[1]);
        for (int b = 0; b < candidates.TargetCount; b++)
            if (candidates.Offsets[b + 1] <= candidates.Offsets[b])
                throw new ArgumentException($"Expected at least the positive among the candidates, found none in row {b}.", nameof(candidates));
        if (logQ is not null && logQ.Length != candidates.SourceCount) throw new ArgumentException($"Expected log Q of {candidates.SourceCount} items, found {logQ.Length}.", nameof(logQ));
        if (users.device_type != DeviceType.CPU) return Composed(loss, users, items, candidates, logQ);
        return Shapes.IsDouble(users, items) ? Fused<double>.apply(users, items, candidates, loss, logQ!) : Fused<float>.apply(users, items, candidates, loss, logQ!);
    }

    /// <summary>The same of tensor operations, on any device; every row has as many candidates.</summary>
    internal static Tensor Composed(RankingLoss loss, Tensor users, Tensor items, EdgeList candidates, double[]? logQ)
    {
        using var scope = NewDisposeScope();
        int rows = candidates.TargetCount, perRow = candidates.EdgeCount / Math.Max(1, rows);
        for (int b = 0; b < rows; b++)
            if (candidates.Offsets[b + 1] - candidates.Offsets[b] != perRow)
                throw new ArgumentException($"Expected {perRow} candidates in every row, found {candidates.Offsets[b + 1] - candidates.Offsets[b]} in row {b}.", nameof(candidates));
        var index = tensor(candidates.Sources, ScalarType.Int64, users.device).view(rows, perRow);          // [B, C]
        var scores = users.mm(items.t());
        if (logQ is not null) scores = Scalars.Subtract(scores, tensor(logQ, users.dtype, users.device));
        scores = scores.gather(1, index);                                                                     // [B, C]
        var counts = tensor(Enumerable.Repeat(perRow - 1.0, rows).ToArray(), users.dtype, users.device);
        return ComposedLoss.Of(loss, scores.select(1, 0), scores.narrow(1, 1, perRow - 1), counts).MoveToOuterDisposeScope();
    }

    private sealed unsafe class Fused<T> : autograd.SingleTensorFunction<Fused<T>> where T : unmanaged, IFloatingPointIeee754<T>
    {
        public override string Name => nameof(CandidateLoss);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (users, items, edges, loss, logQ) = (((Tensor)vars[0]).contiguous(), ((Tensor)vars[1]).contiguous(), (EdgeList)vars[2], (RankingLoss)vars[3], (double[]?)vars[4]);
            int width = (int)users.shape[1];
            var slopes = empty(edges.EdgeCount, dtype: users.dtype);                                          // [E] ∂loss_b / ∂score
            var losses = new T[edges.TargetCount];
            T* u = Lanes.Pointer<T>(users), v = Lanes.Pointer<T>(items), p = Lanes.Pointer<T>(slopes);
            CpuLoop.Run(edges.TargetCount, (long)edges.EdgeCount * width, (from, to) =>
            {
                for (int b = from; b < to; b++) losses[b] = Row(edges, b, width, u, v, p, loss, logQ);
            });
            T total = T.Zero;
            foreach (T one in losses) total += one;
            ctx.save_for_backward([users, items, slopes]);
            ctx.save_data(nameof(EdgeList), edges);
            var mean = empty([], dtype: users.dtype);
            *Lanes.Pointer<T>(mean) = total / T.CreateChecked(Math.Max(1, edges.TargetCount));
            return mean;
        }

        private static T Row(EdgeList edges, int b, int width, T* u, T* v, T* p, RankingLoss loss, double[]? logQ)
        {
            var (first, last) = (edges.Offsets[b], edges.Offsets[b + 1]);
            for (int e = first; e < last; e++)
            {
                p[e] = Lanes.Dot(u + (long)b * width, v + (long)edges.Sources[e] * width, width);
                if (logQ is not null) p[e] -= T.CreateTruncating(logQ[edges.Sources[e]]);
            }
            return RowLoss.Of(loss, ref p[first], new Span<T>(p + first + 1, last - first - 1), 0);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad)
        {
            var edges = (EdgeList)ctx.get_data(nameof(EdgeList));
            var saved = ctx.get_saved_variables();
            var (users, items, slopes) = (saved[0], saved[1], saved[2]);
            T scale = *Lanes.Pointer<T>(grad) / T.CreateChecked(Math.Max(1, edges.TargetCount));
            int width = (int)users.shape[1];
            var (gradUsers, gradItems) = (empty_like(users), empty_like(items));
            T* u = Lanes.Pointer<T>(users), v = Lanes.Pointer<T>(items), p = Lanes.Pointer<T>(slopes), du = Lanes.Pointer<T>(gradUsers), dv = Lanes.Pointer<T>(gradItems);
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
            return [gradUsers, gradItems, null!, null!, null!];
        }
    }
}
