using System.Numerics;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace AutoGraph.Torch.Kernels;

/// <summary>The fused CPU passes of <see cref="SegmentAttention"/>; all tensors contiguous and of type T.</summary>
internal static unsafe class SegmentAttentionCpu<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private static readonly T Slope = T.CreateChecked(SegmentAttention.NegativeSlope);

    /// <summary>Writes attention weights [H, E] and outputs [T, H·C].</summary>
    public static void Forward(Tensor source, Tensor sourceLogit, Tensor targetLogit, Tensor ageLogit, EdgeList edges, Tensor weights, Tensor output)
    {
        int heads = (int)sourceLogit.shape[1], width = (int)source.shape[1];
        T* src = Lanes.Pointer<T>(source), sl = Lanes.Pointer<T>(sourceLogit), tl = Lanes.Pointer<T>(targetLogit), ages = Ages(ageLogit), alpha = Lanes.Pointer<T>(weights), result = Lanes.Pointer<T>(output);
        CpuLoop.Run(edges.TargetCount, (long)edges.EdgeCount * width, (from, to) =>
        {
            for (int t = from; t < to; t++)
                AttendTarget(edges, t, heads, width, src, sl, tl, ages, alpha, result);
        });
    }

    private static void AttendTarget(EdgeList edges, int t, int heads, int width, T* src, T* sl, T* tl, T* ages, T* alpha, T* result)
    {
        var (first, count, removed) = (edges.Offsets[t], edges.Offsets[t + 1] - edges.Offsets[t], edges.Removed);
        T* row = result + (long)t * width;
        new Span<T>(row, width).Clear();
        if (count == 0) return;
        var sources = edges.Sources.AsSpan(first, count);
        int channels = width / heads;
        for (int h = 0; h < heads; h++)
        {
            var weights = new Span<T>(alpha + (long)h * edges.EdgeCount + first, count);
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
            for (int e = 0; e < count; e++)
                Lanes.AddScaled(row + h * channels, weights[e], src + (long)sources[e] * width + h * channels, channels);
        }
    }

    /// <summary>Writes the gradients of source [S, H·C], source logits [S, H] and target logits [T, H], and adds those of age logits [P, H].</summary>
    public static void Backward(Tensor source, Tensor sourceLogit, Tensor targetLogit, Tensor ageLogit, Tensor weights, EdgeList edges, Tensor grad,
        Tensor gradSource, Tensor gradSourceLogit, Tensor gradTargetLogit, Tensor gradAgeLogit)
    {
        int heads = (int)sourceLogit.shape[1], width = (int)source.shape[1], channels = width / heads;
        using var gradLogits = empty_like(weights);                 // [H, E] gradient of each edge's logit
        T* src = Lanes.Pointer<T>(source), sl = Lanes.Pointer<T>(sourceLogit), tl = Lanes.Pointer<T>(targetLogit), ages = Ages(ageLogit), alpha = Lanes.Pointer<T>(weights), g = Lanes.Pointer<T>(grad), dx = Lanes.Pointer<T>(gradLogits);
        T* dSource = Lanes.Pointer<T>(gradSource), dSourceLogit = Lanes.Pointer<T>(gradSourceLogit), dTargetLogit = Lanes.Pointer<T>(gradTargetLogit);
        long work = (long)edges.EdgeCount * width;

        CpuLoop.Run(edges.TargetCount, work, (from, to) =>
        {
            for (int h = 0; h < heads; h++)
                for (int t = from; t < to; t++)
                    dTargetLogit[(long)t * heads + h] = LogitGradients(t, h);
        });

        CpuLoop.Run(edges.SourceCount, work, (from, to) =>
        {
            for (int s = from; s < to; s++)
            {
                T* row = dSource + (long)s * width;
                new Span<T>(row, width).Clear();
                for (int h = 0; h < heads; h++)
                {
                    T* a = alpha + (long)h * edges.EdgeCount, d = dx + (long)h * edges.EdgeCount;
                    T total = T.Zero;
                    for (int i = edges.SourceOffsets[s]; i < edges.SourceOffsets[s + 1]; i++)
                    {
                        int e = edges.EdgeBySource[i];
                        Lanes.AddScaled(row + h * channels, a[e], g + (long)edges.TargetBySource[i] * width + h * channels, channels);
                        total += d[e];
                    }
                    dSourceLogit[(long)s * heads + h] = total;
                }
            }
        });

        if (ages is null) return;
        T* dAge = Lanes.Pointer<T>(gradAgeLogit);
        for (int t = 0; t < edges.TargetCount; t++)
            for (int e = edges.Offsets[t], age = edges.Offsets[t + 1] - 1 - e; age >= 0; e++, age--)
                for (int h = 0; h < heads; h++) dAge[age * heads + h] += dx[(long)h * edges.EdgeCount + e];

        // softmax: dx_e = α_e (dα_e − Σ_k α_k dα_k), dα_e = g_t · source_j; their sum is the target logit's gradient
        T LogitGradients(int t, int h)
        {
            T* a = alpha + (long)h * edges.EdgeCount, d = dx + (long)h * edges.EdgeCount, gt = g + (long)t * width + h * channels;
            T mean = T.Zero, total = T.Zero, own = tl[(long)t * heads + h];
            for (int e = edges.Offsets[t]; e < edges.Offsets[t + 1]; e++)
            {
                d[e] = Lanes.Dot(gt, src + (long)edges.Sources[e] * width + h * channels, channels);
                mean += a[e] * d[e];
            }
            for (int e = edges.Offsets[t]; e < edges.Offsets[t + 1]; e++)
            {
                T x = own + sl[(long)edges.Sources[e] * heads + h];
                if (ages is not null) x += ages[(edges.Offsets[t + 1] - 1 - e) * heads + h];
                total += d[e] = a[e] * (d[e] - mean) * (x < T.Zero ? Slope : T.One);
            }
            return total;
        }
    }

    private static T* Ages(Tensor ageLogit) => ageLogit.shape[0] == 0 ? null : Lanes.Pointer<T>(ageLogit);
}
