using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary>The mean of each target's source rows, out_t = (1/|N_t|) Σ_j table_j, and zeros where it has none; hidden edges do not count. For pooled histories and multi-valued fields.</summary>
/// <remarks>Cost: E·D additions each way on the CPU, gathers only.</remarks>
internal static class SegmentMean
{
    /// <param name="table">[S, D].</param>
    /// <param name="edges">Edges from S sources to T targets; a source may occur repeatedly.</param>
    /// <returns>[T, D].</returns>
    public static Tensor Apply(Tensor table, EdgeList edges)
    {
        Shapes.Expect(table, nameof(table), edges.SourceCount, -1);
        if (table.device_type != DeviceType.CPU) return Composed(table, edges);
        return Shapes.IsDouble(table) ? Fused<double>.apply(table, edges) : Fused<float>.apply(table, edges);
    }

    private static Tensor Composed(Tensor table, EdgeList edges)
    {
        using var scope = NewDisposeScope();
        var targets = new long[edges.EdgeCount];
        var weights = new float[edges.EdgeCount];
        var shares = Shares<float>(edges);
        for (int t = 0; t < edges.TargetCount; t++)
            for (int e = edges.Offsets[t]; e < edges.Offsets[t + 1]; e++)
                (targets[e], weights[e]) = (t, edges.Removed is not null && edges.Removed[e] ? 0 : shares[t]);
        var rows = TableRows.Of(table, tensor(edges.Sources, ScalarType.Int64, table.device)) * tensor(weights, table.dtype, table.device).unsqueeze(1);
        var output = zeros(edges.TargetCount, table.shape[1], dtype: table.dtype, device: table.device);
        return Scalars.IndexAdd(output, tensor(targets, device: table.device), rows).MoveToOuterDisposeScope();
    }

    /// <summary>[T] 1 / number of visible edges.</summary>
    private static T[] Shares<T>(EdgeList edges) where T : INumberBase<T>
    {
        var shares = new T[edges.TargetCount];
        for (int t = 0; t < shares.Length; t++)
        {
            int count = edges.Offsets[t + 1] - edges.Offsets[t];
            if (edges.Removed is not null) count = edges.Removed.AsSpan(edges.Offsets[t], count).Count(false);
            shares[t] = T.One / T.CreateTruncating(Math.Max(1, count));
        }
        return shares;
    }

    private sealed unsafe class Fused<T> : autograd.SingleTensorFunction<Fused<T>> where T : unmanaged, IFloatingPointIeee754<T>
    {
        public override string Name => nameof(SegmentMean);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            using var table = ((Tensor)vars[0]).contiguous();
            var edges = (EdgeList)vars[1];
            var (shares, removed) = (Shares<T>(edges), edges.Removed is null || !edges.Removed.Contains(true) ? null : (bool[])edges.Removed.Clone());     // edges show again before the backward pass
            ctx.save_data(nameof(EdgeList), edges);
            ctx.save_data(nameof(Shares), shares);
            ctx.save_data(nameof(EdgeList.Removed), removed!);
            int width = (int)table.shape[1];
            var output = empty(edges.TargetCount, width, dtype: table.dtype);
            T* source = Lanes.Pointer<T>(table), result = Lanes.Pointer<T>(output);
            CpuLoop.Run(edges.TargetCount, (long)edges.EdgeCount * width, (from, to) =>
            {
                for (int t = from; t < to; t++)
                {
                    T* row = result + (long)t * width;
                    new Span<T>(row, width).Clear();
                    for (int e = edges.Offsets[t]; e < edges.Offsets[t + 1]; e++)
                        if (removed is null || !removed[e]) Lanes.AddScaled(row, shares[t], source + (long)edges.Sources[e] * width, width);
                }
            });
            return output;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad)
        {
            var (edges, shares, removed) = ((EdgeList)ctx.get_data(nameof(EdgeList)), (T[])ctx.get_data(nameof(Shares)), (bool[]?)ctx.get_data(nameof(EdgeList.Removed)));
            using var incoming = grad.contiguous();
            int width = (int)incoming.shape[1];
            var gradTable = empty(edges.SourceCount, width, dtype: incoming.dtype);
            T* g = Lanes.Pointer<T>(incoming), result = Lanes.Pointer<T>(gradTable);
            CpuLoop.Run(edges.SourceCount, (long)edges.EdgeCount * width, (from, to) =>
            {
                for (int s = from; s < to; s++)
                {
                    T* row = result + (long)s * width;
                    new Span<T>(row, width).Clear();
                    for (int i = edges.SourceOffsets[s]; i < edges.SourceOffsets[s + 1]; i++)
                        if (removed is null || !removed[edges.EdgeBySource[i]]) Lanes.AddScaled(row, shares[edges.TargetBySource[i]], g + (long)edges.TargetBySource[i] * width, width);
                }
            });
            return [gradTable, null!];
        }
    }
}
