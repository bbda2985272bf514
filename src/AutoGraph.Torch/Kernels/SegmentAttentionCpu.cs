using System.Numerics;
using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary>The fused CPU passes of <see cref="SegmentAttention"/>; all tensors contiguous and of type T.</summary>
internal static unsafe class SegmentAttentionCpu<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private static readonly T Slope = T.CreateChecked(SegmentAttention.NegativeSlope);

    /// <summary>Writes attention weights [E, H] and outputs [T, H·C].</summary>
    public static void Forward(Tensor source, Tensor sourceLogit, Tensor targetLogit, EdgeList edges, Tensor weights, Tensor output)
    {
        int heads = (int)sourceLogit.shape[1], width = (int)source.shape[1];
        T* src = Lanes.Pointer<T>(source), sl = Lanes.Pointer<T>(sourceLogit), tl = Lanes.Pointer<T>(targetLogit), alpha = Lanes.Pointer<T>(weights), result = Lanes.Pointer<T>(output);
        CpuLoop.Run(edges.TargetCount, (long)edges.EdgeCount * width, (from, to) =>
        {
            for (int t = from; t < to; t++)
                AttendTarget(edges, t, heads, width, src, sl, tl, alpha, result);
        });
    }

    private static void AttendTarget(EdgeList edges, int t, int heads, int width, T* src, T* sl, T* tl, T* alpha, T* result)
    {
        var (first, last, removed) = (edges.Offsets[t], edges.Offsets[t + 1], edges.Removed);
        T* row = result + (long)t * width;
        new Span<T>(row, width).Clear();
        int channels = width / heads;
        for (int h = 0; h < heads; h++)
        {
            T max = T.NegativeInfinity;
            for (int e = first; e < last; e++)
            {
                if (removed is not null && removed[e]) continue;
                T x = Logit(tl, sl, t, edges.Sources[e], heads, h);
                alpha[(long)e * heads + h] = x;
                max = T.Max(max, x);
            }
            T sum = T.Zero;
            for (int e = first; e < last; e++)
            {
                T* a = alpha + (long)e * heads + h;
                *a = removed is not null && removed[e] ? T.Zero : T.Exp(*a - max);
                sum += *a;
            }
            if (sum == T.Zero) continue;                            // no edge left
            T scale = T.One / sum;
            for (int e = first; e < last; e++)
            {
                T* a = alpha + (long)e * heads + h;
                *a *= scale;
                Lanes.AddScaled(row + h * channels, *a, src + (long)edges.Sources[e] * width + h * channels, channels);
            }
        }
    }

    /// <summary>Writes the gradients of source [S, H·C], source logits [S, H] and target logits [T, H].</summary>
    public static void Backward(Tensor source, Tensor sourceLogit, Tensor targetLogit, Tensor weights, EdgeList edges, Tensor grad,
        Tensor gradSource, Tensor gradSourceLogit, Tensor gradTargetLogit)
    {
        int heads = (int)sourceLogit.shape[1], width = (int)source.shape[1], channels = width / heads;
        using var gradLogits = empty_like(weights);                 // [E, H] gradient of each edge's logit
        T* src = Lanes.Pointer<T>(source), sl = Lanes.Pointer<T>(sourceLogit), tl = Lanes.Pointer<T>(targetLogit), alpha = Lanes.Pointer<T>(weights), g = Lanes.Pointer<T>(grad), dx = Lanes.Pointer<T>(gradLogits);
        T* dSource = Lanes.Pointer<T>(gradSource), dSourceLogit = Lanes.Pointer<T>(gradSourceLogit), dTargetLogit = Lanes.Pointer<T>(gradTargetLogit);
        long work = (long)edges.EdgeCount * width;

        CpuLoop.Run(edges.TargetCount, work, (from, to) =>
        {
            for (int t = from; t < to; t++)
                for (int h = 0; h < heads; h++)
                {
                    // softmax: dx_e = α_e (dα_e − Σ_k α_k dα_k), dα_e = g_t · source_j
                    T mean = T.Zero, total = T.Zero;
                    for (int e = edges.Offsets[t]; e < edges.Offsets[t + 1]; e++)
                    {
                        T dAlpha = Lanes.Dot(g + (long)t * width + h * channels, src + (long)edges.Sources[e] * width + h * channels, channels);
                        dx[(long)e * heads + h] = dAlpha;
                        mean += alpha[(long)e * heads + h] * dAlpha;
                    }
                    for (int e = edges.Offsets[t]; e < edges.Offsets[t + 1]; e++)
                    {
                        long at = (long)e * heads + h;
                        bool negative = tl[(long)t * heads + h] + sl[(long)edges.Sources[e] * heads + h] < T.Zero;
                        dx[at] = alpha[at] * (dx[at] - mean) * (negative ? Slope : T.One);
                        total += dx[at];
                    }
                    dTargetLogit[(long)t * heads + h] = total;
                }
        });

        CpuLoop.Run(edges.SourceCount, work, (from, to) =>
        {
            for (int s = from; s < to; s++)
            {
                T* row = dSource + (long)s * width;
                T* logit = dSourceLogit + (long)s * heads;
                new Span<T>(row, width).Clear();
                new Span<T>(logit, heads).Clear();
                for (int i = edges.SourceOffsets[s]; i < edges.SourceOffsets[s + 1]; i++)
                {
                    long e = edges.EdgeBySource[i];
                    T* gt = g + (long)edges.TargetBySource[i] * width;
                    for (int h = 0; h < heads; h++)
                    {
                        Lanes.AddScaled(row + h * channels, alpha[e * heads + h], gt + h * channels, channels);
                        logit[h] += dx[e * heads + h];
                    }
                }
            }
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Logit(T* tl, T* sl, int t, int s, int heads, int h)
    {
        T x = tl[(long)t * heads + h] + sl[(long)s * heads + h];
        return x < T.Zero ? x * Slope : x;
    }
}
