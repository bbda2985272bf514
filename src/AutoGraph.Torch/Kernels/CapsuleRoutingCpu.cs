using System.Numerics;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary>The loops of <see cref="CapsuleRouting"/>: forward by row, backward by item, each computed by one thread.</summary>
internal readonly unsafe struct CapsuleRoutingCpu<T>(EdgeList history, int capsules, int width) where T : unmanaged, IFloatingPointIeee754<T>
{
    private int Capsules => capsules;

    private int Width => width;

    private EdgeList History => history;

    /// <param name="table">[S, D].</param>
    /// <param name="logits">[K, L].</param>
    /// <param name="iterations">R.</param>
    /// <param name="weights">[E, K] receives the last iteration's w.</param>
    /// <param name="output">[B·K, D] receives z.</param>
    public void Forward(Tensor table, Tensor logits, int iterations, Tensor weights, Tensor output)
    {
        T* items = Lanes.Pointer<T>(table), b = Lanes.Pointer<T>(logits), w = Lanes.Pointer<T>(weights), z = Lanes.Pointer<T>(output);
        int length = (int)logits.shape[1];
        var self = this;
        CpuLoop.Run(history.TargetCount, 2L * iterations * history.EdgeCount * capsules * width, (from, to) =>
        {
            var current = new T[Math.Max(1, length * self.Capsules)];       // [L, K] routing logits of one row
            for (int row = from; row < to; row++) self.Route(row, items, b, length, iterations, current, w, z);
        });
    }

    private void Route(int row, T* items, T* start, int length, int iterations, T[] b, T* w, T* z)
    {
        var (first, last) = (history.Offsets[row], history.Offsets[row + 1]);
        T* capsule = z + (long)row * capsules * width;
        for (int e = first; e < last; e++)
            for (int k = 0; k < capsules; k++) b[(e - first) * capsules + k] = start[k * length + e - first];
        for (int iteration = 1; ; iteration++)
        {
            new Span<T>(capsule, capsules * width).Clear();
            for (int e = first; e < last; e++)
            {
                T* weights = w + (long)e * capsules;
                Softmax(b.AsSpan((e - first) * capsules, capsules), weights);
                for (int k = 0; k < capsules; k++) Lanes.AddScaled(capsule + k * width, weights[k], items + (long)history.Sources[e] * width, width);
            }
            if (iteration == iterations) return;
            for (int k = 0; k < capsules; k++)
            {
                T square = Lanes.Dot(capsule + k * width, capsule + k * width, width);
                T squash = square / ((T.One + square) * T.Sqrt(T.Max(square, T.CreateChecked(CapsuleRouting.Epsilon))));
                for (int e = first; e < last; e++)
                    b[(e - first) * capsules + k] += squash * Lanes.Dot(capsule + k * width, items + (long)history.Sources[e] * width, width);
            }
        }
    }

    private static void Softmax(ReadOnlySpan<T> logits, T* weights)
    {
        T max = T.NegativeInfinity, sum = T.Zero;
        foreach (T logit in logits) max = T.Max(max, logit);
        for (int k = 0; k < logits.Length; k++) sum += weights[k] = T.Exp(logits[k] - max);
        for (int k = 0; k < logits.Length; k++) weights[k] /= sum;
    }

    /// <param name="weights">[E, K].</param>
    /// <param name="grad">[B·K, D] gradient of z.</param>
    /// <param name="gradTable">[S, D], every element is written.</param>
    public void Backward(Tensor weights, Tensor grad, Tensor gradTable)
    {
        T* w = Lanes.Pointer<T>(weights), g = Lanes.Pointer<T>(grad), result = Lanes.Pointer<T>(gradTable);
        var self = this;
        CpuLoop.Run(history.SourceCount, (long)history.EdgeCount * capsules * width, (from, to) =>
        {
            var (edges, count, d) = (self.History, self.Capsules, self.Width);
            for (int s = from; s < to; s++)
            {
                T* row = result + (long)s * d;
                new Span<T>(row, d).Clear();
                for (int i = edges.SourceOffsets[s]; i < edges.SourceOffsets[s + 1]; i++)
                    for (int k = 0; k < count; k++)
                        Lanes.AddScaled(row, w[(long)edges.EdgeBySource[i] * count + k], g + ((long)edges.TargetBySource[i] * count + k) * d, d);
            }
        });
    }
}
