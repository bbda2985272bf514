using System.Numerics;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace AutoGraph.Torch.Kernels;

/// <summary>The fused CPU passes of <see cref="SegmentAttention"/>; all tensors contiguous and of type T.</summary>
/// <remarks>A weight with a minus sign is dropped, see <see cref="EdgeDropout.Mark"/>.</remarks>
internal static unsafe class SegmentAttentionCpu<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private static readonly T Slope = T.CreateChecked(SegmentAttention.NegativeSlope);

    /// <summary>Writes attention weights [E, H] and outputs [T, H·C].</summary>
    public static void Forward(Tensor source, Tensor sourceLogit, Tensor targetLogit, Tensor ageLogit, EdgeList edges, EdgeDropout dropout, Tensor weights, Tensor output)
    {
        int heads = (int)sourceLogit.shape[1], width = (int)source.shape[1], degree = edges.LargestDegree;
        T* src = Lanes.Pointer<T>(source), sl = Lanes.Pointer<T>(sourceLogit), tl = Lanes.Pointer<T>(targetLogit), ages = Ages(ageLogit), alpha = Lanes.Pointer<T>(weights), result = Lanes.Pointer<T>(output);
        CpuLoop.Run(edges.TargetCount, (long)edges.EdgeCount * width, (from, to) =>
        {
            var own = new T[degree];
            for (int t = from; t < to; t++)
                for (int h = 0; h < heads; h++) AttendTarget(edges, dropout, t, h, heads, width, own, src, sl, tl, ages, alpha, result);
        });
    }

    private static void AttendTarget(EdgeList edges, EdgeDropout dropout, int t, int h, int heads, int width, T[] scratch, T* src, T* sl, T* tl, T* ages, T* alpha, T* result)
    {
        var (first, count, removed) = (edges.Offsets[t], edges.Offsets[t + 1] - edges.Offsets[t], edges.Removed);
        Span<T> weights = scratch.AsSpan(0, count);
        ReadOnlySpan<int> sources = edges.Sources.AsSpan(first, count);
        int channels = width / heads;
        T own = tl[(long)t * heads + h];
        int kept = 0;
        for (int e = 0; e < count; e++)
        {
            if (removed is not null && removed[first + e]) continue;
            T x = own + sl[(long)sources[e] * heads + h];
            if (ages is not null) x += ages[(count - 1 - e) * heads + h];
            weights[kept++] = x < T.Zero ? x * Slope : x;
        }
        EdgeSoftmax.Apply(weights, kept, removed is null ? [] : removed.AsSpan(first, count));
        if (dropout.IsOn) dropout.Mark(weights, t, sources, h);
        for (int e = 0; e < count; e++) alpha[(long)(first + e) * heads + h] = weights[e];
        if (dropout.IsOn) dropout.Pass(weights);
        Lanes.WeightedRows(result + (long)t * width + h * channels, weights, sources, src + h * channels, width, channels);
    }

    /// <summary>Writes the gradients of source [S, H·C], source logits [S, H] and target logits [T, H], and adds those of age logits [P, H].</summary>
    public static void Backward(Tensor source, Tensor sourceLogit, Tensor targetLogit, Tensor ageLogit, Tensor weights, EdgeList edges, EdgeDropout dropout, Tensor grad,
        Tensor gradSource, Tensor gradSourceLogit, Tensor gradTargetLogit, Tensor gradAgeLogit)
    {
        int heads = (int)sourceLogit.shape[1], width = (int)source.shape[1], channels = width / heads;
        using var perEdge = empty(edges.EdgeCount, 2 * heads, dtype: weights.dtype);    // what passes of the weight and gradient of the logit beside each other: the second loop reads both, anywhere in memory
        T* src = Lanes.Pointer<T>(source), sl = Lanes.Pointer<T>(sourceLogit), tl = Lanes.Pointer<T>(targetLogit), ages = Ages(ageLogit), alpha = Lanes.Pointer<T>(weights), g = Lanes.Pointer<T>(grad), pairs = Lanes.Pointer<T>(perEdge);
        T* dSource = Lanes.Pointer<T>(gradSource), dSourceLogit = Lanes.Pointer<T>(gradSourceLogit), dTargetLogit = Lanes.Pointer<T>(gradTargetLogit);
        long work = (long)edges.EdgeCount * width;
        T scale = dropout.ScaleOf<T>();

        CpuLoop.Run(edges.TargetCount, work, (from, to) =>
        {
            for (int t = from; t < to; t++)
                for (int h = 0; h < heads; h++)
                    dTargetLogit[(long)t * heads + h] = LogitGradients(t, h);
        });

        var (offsets, edgeOf, targetOf) = (edges.SourceOffsets, edges.EdgeBySource, edges.TargetBySource);
        int degree = 0;
        for (int s = 0; s < edges.SourceCount; s++) degree = Math.Max(degree, offsets[s + 1] - offsets[s]);
        CpuLoop.Run(edges.SourceCount, work, (from, to) =>
        {
            var scratch = new T[heads * degree];
            for (int s = from; s < to; s++)
            {
                int first = offsets[s], count = offsets[s + 1] - first;
                for (int h = 0; h < heads; h++) dSourceLogit[(long)s * heads + h] = T.Zero;
                for (int i = 0; i < count; i++)
                {
                    if (first + i + Lanes.Ahead < edgeOf.Length) Lanes.Fetch(pairs + (long)edgeOf[first + i + Lanes.Ahead] * 2 * heads);
                    T* pair = pairs + (long)edgeOf[first + i] * 2 * heads;
                    for (int h = 0; h < heads; h++)
                    {
                        scratch[h * count + i] = pair[h];
                        dSourceLogit[(long)s * heads + h] += pair[heads + h];
                    }
                }
                for (int h = 0; h < heads; h++)
                    Lanes.WeightedRows(dSource + (long)s * width + h * channels, scratch.AsSpan(h * count, count), targetOf.AsSpan(first, count), g + h * channels, width, channels);
            }
        });

        if (ages is null) return;
        T* dAge = Lanes.Pointer<T>(gradAgeLogit);
        for (int t = 0; t < edges.TargetCount; t++)
            for (int e = edges.Offsets[t], age = edges.Offsets[t + 1] - 1 - e; age >= 0; e++, age--)
                for (int h = 0; h < heads; h++) dAge[age * heads + h] += pairs[(2L * e + 1) * heads + h];

        // softmax: dx_e = α_e (dα_e − Σ_k α_k dα_k), dα_e = g_t · source_j / (1 − p) where it is kept, else 0; their sum is the target logit's gradient
        T LogitGradients(int t, int h)
        {
            T* gt = g + (long)t * width + h * channels;
            T mean = T.Zero, total = T.Zero, own = tl[(long)t * heads + h];
            int first = edges.Offsets[t], end = edges.Offsets[t + 1];
            for (int e = first; e < end; e++)
            {
                if (e + Lanes.Ahead < end) Lanes.Fetch(src + (long)edges.Sources[e + Lanes.Ahead] * width + h * channels);
                T* pair = pairs + 2L * e * heads + h;
                pair[0] = alpha[(long)e * heads + h];
                pair[heads] = pair[0] < T.Zero ? T.Zero : scale * Lanes.Dot(gt, src + (long)edges.Sources[e] * width + h * channels, channels);
                mean += pair[0] * pair[heads];
            }
            for (int e = first; e < end; e++)
            {
                T* pair = pairs + 2L * e * heads + h;
                T x = own + sl[(long)edges.Sources[e] * heads + h];
                if (ages is not null) x += ages[(end - 1 - e) * heads + h];
                total += pair[heads] = T.Abs(pair[0]) * (pair[heads] - mean) * (x < T.Zero ? Slope : T.One);
                pair[0] = EdgeDropout.Passed(pair[0], scale);
            }
            return total;
        }
    }

    private static T* Ages(Tensor ageLogit) => ageLogit.shape[0] == 0 ? null : Lanes.Pointer<T>(ageLogit);
}
