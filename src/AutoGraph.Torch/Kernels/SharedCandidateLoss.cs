using System.Numerics;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary>
/// A ranking loss over negatives that all rows share; a row leaves out those that are its own positive.
/// Score = user_b · item_c − log Q_c. With all items as negatives and the softmax loss it is the full softmax.
/// </summary>
/// <remarks>
/// Cost on the CPU: three matrix products of B·N·D multiply-adds, in blocks of rows whose gradients are taken at once, so that
/// memory does not grow with B·N.
/// </remarks>
internal static class SharedCandidateLoss
{
    /// <summary>Scores in memory at a time, which a cache of the second level holds.</summary>
    private const int BlockScores = 1 << 18;

    /// <param name="loss">Which loss.</param>
    /// <param name="users">[B, D].</param>
    /// <param name="items">[I, D].</param>
    /// <param name="positives">[B] item positions.</param>
    /// <param name="negatives">[N] item positions, or null for all items.</param>
    /// <param name="logQ">[I] log Q, by which scores are corrected, or null.</param>
    /// <returns>The mean loss, a scalar.</returns>
    public static Tensor Apply(RankingLoss loss, Tensor users, Tensor items, int[] positives, int[]? negatives, double[]? logQ = null)
    {
        Shapes.Expect(users, nameof(users), positives.Length, -1);
        Shapes.Expect(items, nameof(items), -1, users.shape[1]);
        foreach (int item in positives.Concat(negatives ?? []))
            if ((uint)item >= (uint)items.shape[0]) throw new ArgumentException($"Expected item positions from 0 to {items.shape[0] - 1}, found {item}.", nameof(negatives));
        if (logQ is not null && logQ.Length != items.shape[0]) throw new ArgumentException($"Expected log Q of {items.shape[0]} items, found {logQ.Length}.", nameof(logQ));
        if (users.device_type != DeviceType.CPU) return Composed(loss, users, items, positives, negatives, logQ);
        return Shapes.IsDouble(users, items)
            ? Fused<double>.apply(users, items, positives, negatives!, loss, logQ!)
            : Fused<float>.apply(users, items, positives, negatives!, loss, logQ!);
    }

    /// <summary>The same of tensor operations, on any device; keeps [B, N] scores.</summary>
    internal static Tensor Composed(RankingLoss loss, Tensor users, Tensor items, int[] positives, int[]? negatives, double[]? logQ)
    {
        using var scope = NewDisposeScope();
        var (type, device) = (users.dtype, users.device);
        int[] columns = negatives ?? [.. Enumerable.Range(0, (int)items.shape[0])];
        var (excluded, counts) = (new double[positives.Length * columns.Length], new double[positives.Length]);
        for (int b = 0; b < positives.Length; b++)
        {
            counts[b] = columns.Length;
            for (int j = 0; j < columns.Length; j++)
                if (columns[j] == positives[b]) (excluded[b * columns.Length + j], counts[b]) = (double.NegativeInfinity, counts[b] - 1);
        }
        var own = (users * TableRows.Of(items, tensor(positives, ScalarType.Int64, device))).sum(1);                                // [B]
        var scores = users.mm(TableRows.Of(items, tensor(columns, ScalarType.Int64, device)).t());                                  // [B, N]
        if (logQ is not null)
        {
            own = Scalars.Subtract(own, tensor(positives.Select(item => logQ[item]).ToArray(), type, device));
            scores = Scalars.Subtract(scores, tensor(columns.Select(item => logQ[item]).ToArray(), type, device));
        }
        return ComposedLoss.Of(loss, own, Scalars.Add(scores, tensor(excluded, type, device).view(positives.Length, columns.Length)), tensor(counts, type, device)).MoveToOuterDisposeScope();
    }

    private sealed unsafe class Fused<T> : autograd.SingleTensorFunction<Fused<T>> where T : unmanaged, IFloatingPointIeee754<T>
    {
        public override string Name => nameof(SharedCandidateLoss);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            var (users, items, positives, negatives) = (((Tensor)vars[0]).contiguous(), ((Tensor)vars[1]).contiguous(), (int[])vars[2], (int[]?)vars[3]);
            var rows = new Rows<T>((RankingLoss)vars[4], positives, negatives, (int)items.shape[0], (double[]?)vars[5]);
            var (gradUsers, gradItems) = (empty_like(users), zeros_like(items));
            var columns = negatives is null ? items : TableRows.Of(items, tensor(negatives, ScalarType.Int64));                     // [N, D]
            var gradColumns = negatives is null ? gradItems : zeros_like(columns);
            int block = Math.Max(1, BlockScores / Math.Max(1, (int)columns.shape[0]));
            T total = T.Zero;
            for (int first = 0; first < positives.Length; first += block)
            {
                using var local = NewDisposeScope();
                int count = Math.Min(block, positives.Length - first);
                var part = users.narrow(0, first, count);
                var scores = part.mm(columns.t());                                                                                    // [b, N], soon slopes
                total += rows.Block(part, items, scores, first, count);
                gradUsers.narrow(0, first, count).copy_(scores.mm(columns));
                Scalars.AddTo(gradColumns, scores.t().mm(part));
            }
            rows.AddPositives(users, items, gradUsers, gradItems);
            if (negatives is not null) Scatter(gradColumns, negatives, gradItems);
            ctx.save_for_backward([gradUsers.MoveToOuterDisposeScope(), gradItems.MoveToOuterDisposeScope()]);
            var mean = empty([], dtype: users.dtype);
            *Lanes.Pointer<T>(mean) = total / T.CreateChecked(Math.Max(1, positives.Length));
            return mean.MoveToOuterDisposeScope();
        }

        private static void Scatter(Tensor from, int[] index, Tensor to)
        {
            int width = (int)to.shape[1];
            T* source = Lanes.Pointer<T>(from), target = Lanes.Pointer<T>(to);
            for (int j = 0; j < index.Length; j++) Lanes.AddScaled(target + (long)index[j] * width, T.One, source + (long)j * width, width);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad)
        {
            var saved = ctx.get_saved_variables();
            List<Tensor> result = [saved[0].mul(grad), saved[1].mul(grad), null!, null!, null!, null!];
            foreach (var tensor in saved) tensor.Dispose();
            return result;
        }
    }

    /// <summary>The rows of a batch: losses, and the slopes of their positives until all blocks are done.</summary>
    private sealed unsafe class Rows<T>(RankingLoss loss, int[] positives, int[]? negatives, int itemCount, double[]? logQ) where T : unmanaged, IFloatingPointIeee754<T>
    {
        private readonly T[] _slopes = new T[positives.Length];
        private readonly T[] _losses = new T[positives.Length];
        private readonly T[]? _corrections = Corrections(negatives ?? [.. Enumerable.Range(0, itemCount)], logQ);    // [N]

        /// <summary>Turns the scores [count, N] of some rows into slopes, that is ∂loss / ∂score with loss the mean over all rows; returns the sum of their losses.</summary>
        public T Block(Tensor users, Tensor items, Tensor scores, int first, int count)
        {
            int width = (int)users.shape[1], columns = (int)scores.shape[1];
            T* u = Lanes.Pointer<T>(users), v = Lanes.Pointer<T>(items), s = Lanes.Pointer<T>(scores);
            T share = T.One / T.CreateTruncating(positives.Length);
            CpuLoop.Run(count, 8L * count * columns, (from, to) =>
            {
                for (int row = from; row < to; row++)
                {
                    int b = first + row, item = positives[b];
                    var own = new Span<T>(s + (long)row * columns, columns);
                    if (_corrections is not null) TensorPrimitives.Subtract<T>(own, _corrections, own);
                    _slopes[b] = Lanes.Dot(u + (long)row * width, v + (long)item * width, width) - (logQ is null ? T.Zero : T.CreateTruncating(logQ[item]));
                    _losses[b] = RowLoss.Of(loss, ref _slopes[b], own, LeaveOut(own, item));
                    TensorPrimitives.Multiply(own, share, own);
                    _slopes[b] *= share;
                }
            });
            T total = T.Zero;
            for (int b = first; b < first + count; b++) total += _losses[b];
            return total;
        }

        private static T[]? Corrections(int[] columns, double[]? logQ) => logQ is null ? null : Array.ConvertAll(columns, item => T.CreateTruncating(logQ[item]));

        private int LeaveOut(Span<T> scores, int item)
        {
            if (negatives is null)
            {
                scores[item] = T.NegativeInfinity;
                return 1;
            }
            int leftOut = 0;
            for (int at = 0; negatives.AsSpan(at).IndexOf(item) is >= 0 and var next; at++, leftOut++) scores[at += next] = T.NegativeInfinity;
            return leftOut;
        }

        /// <summary>What the positives add to the gradients.</summary>
        public void AddPositives(Tensor users, Tensor items, Tensor gradUsers, Tensor gradItems)
        {
            int width = (int)users.shape[1];
            T* u = Lanes.Pointer<T>(users), v = Lanes.Pointer<T>(items), du = Lanes.Pointer<T>(gradUsers), dv = Lanes.Pointer<T>(gradItems);
            for (int b = 0; b < positives.Length; b++)
            {
                Lanes.AddScaled(du + (long)b * width, _slopes[b], v + (long)positives[b] * width, width);
                Lanes.AddScaled(dv + (long)positives[b] * width, _slopes[b], u + (long)b * width, width);
            }
        }
    }
}
