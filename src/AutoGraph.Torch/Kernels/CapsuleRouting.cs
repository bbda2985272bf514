using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary>
/// Dynamic routing of each row's items to K capsules (Sabour et al. 2017; MIND, Li et al. 2019). From fixed logits b_kj, in each
/// iteration w_kj = softmax_k(b_kj), z_k = Σ_j w_kj e_j and, before the next, b_kj ← b_kj + squash(z_k)·e_j. Gives the last z.
/// </summary>
/// <remarks>
/// The weights w are constants to the backward pass: the gradient is stopped until the last iteration. There is no padding, so
/// none is routed. Cost on the CPU: 2·R·E·K·D multiply-adds forward for R iterations, E·K·D backward.
/// </remarks>
internal static class CapsuleRouting
{
    /// <summary>Added to squared lengths, so that a capsule of zeros stays finite.</summary>
    public const double Epsilon = 1e-9;

    /// <param name="table">[S, D] projected items.</param>
    /// <param name="history">Edges from S items to B rows, oldest first, at most L in a row.</param>
    /// <param name="logits">[K, L] where routing starts, by place in the history.</param>
    /// <param name="iterations">R, at least 1.</param>
    /// <returns>[B·K, D] z, before the last squash; zeros for a row without items.</returns>
    public static Tensor Apply(Tensor table, EdgeList history, Tensor logits, int iterations)
    {
        Shapes.Expect(table, nameof(table), history.SourceCount, -1);
        Shapes.Expect(logits, nameof(logits), -1, -1);
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, 1);
        for (int b = 0; b < history.TargetCount; b++)
            if (history.Offsets[b + 1] - history.Offsets[b] > logits.shape[1])
                throw new ArgumentException($"Expected histories of at most {logits.shape[1]} items, found {history.Offsets[b + 1] - history.Offsets[b]} in row {b}.", nameof(history));
        if (table.device_type != DeviceType.CPU) return Composed(table, history, logits, iterations);
        return Shapes.IsDouble(table, logits) ? Fused<double>.apply(table, history, logits, iterations) : Fused<float>.apply(table, history, logits, iterations);
    }

    /// <summary>squash(z) = z · |z|² / (1 + |z|²) / |z|: a length below 1, the direction kept.</summary>
    /// <param name="capsules">[.., D].</param>
    public static Tensor Squash(Tensor capsules)
    {
        using var scope = NewDisposeScope();
        var square = (capsules * capsules).sum(-1, keepdim: true);
        var length = Scalars.AtLeast(square, Epsilon).sqrt();
        return (capsules * (square / ((Scalars.Add(square, ones_like(square))) * length))).MoveToOuterDisposeScope();
    }

    /// <summary>The same of tensor operations, on any device.</summary>
    internal static Tensor Composed(Tensor table, EdgeList history, Tensor logits, int iterations)
    {
        using var scope = NewDisposeScope();
        var (rows, places) = (new long[history.EdgeCount], new long[history.EdgeCount]);
        for (int b = 0; b < history.TargetCount; b++)
            for (int e = history.Offsets[b]; e < history.Offsets[b + 1]; e++) (rows[e], places[e]) = (b, e - history.Offsets[b]);
        var row = tensor(rows, device: table.device);
        var items = TableRows.Of(table, tensor(history.Sources, ScalarType.Int64, table.device)).unsqueeze(1);       // [E, 1, D]
        var constant = items.detach();
        var b0 = TableRows.Of(logits.t(), tensor(places, device: table.device));                                     // [E, K]
        for (int iteration = 1; iteration < iterations; iteration++)
            b0 = Scalars.Add(b0, (TableRows.Of(Squash(Sum(constant, b0)), row) * constant).sum(-1));
        return Sum(items, b0).view(-1, table.shape[1]).MoveToOuterDisposeScope();

        Tensor Sum(Tensor e, Tensor b) => Scalars.IndexAdd(
            zeros(history.TargetCount, logits.shape[0], table.shape[1], dtype: table.dtype, device: table.device), row, b.softmax(1).unsqueeze(2) * e);   // [B, K, D]
    }

    private sealed class Fused<T> : autograd.SingleTensorFunction<Fused<T>> where T : unmanaged, IFloatingPointIeee754<T>
    {
        public override string Name => nameof(CapsuleRouting);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            using var table = ((Tensor)vars[0]).contiguous();
            using var logits = ((Tensor)vars[2]).contiguous();
            var (history, iterations) = ((EdgeList)vars[1], (int)vars[3]);
            int capsules = (int)logits.shape[0];
            var output = empty((long)history.TargetCount * capsules, table.shape[1], dtype: table.dtype);
            var weights = empty(history.EdgeCount, capsules, dtype: table.dtype);
            new CapsuleRoutingCpu<T>(history, capsules, (int)table.shape[1]).Forward(table, logits, iterations, weights, output);
            ctx.save_for_backward([weights]);
            ctx.save_data(nameof(history), history);
            return output;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad)
        {
            var saved = ctx.get_saved_variables();
            var history = (EdgeList)ctx.get_data("history");
            using var weights = saved[0];
            using var incoming = grad.contiguous();
            var gradTable = empty(history.SourceCount, incoming.shape[1], dtype: incoming.dtype);
            new CapsuleRoutingCpu<T>(history, (int)weights.shape[1], (int)incoming.shape[1]).Backward(weights, incoming, gradTable);
            return [gradTable, null!, null!, null!];
        }
    }
}
