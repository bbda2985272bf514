using System.Numerics;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace AutoGraph.Torch.Kernels;

/// <summary>The fused CPU passes of <see cref="SegmentAttentionV2"/>; all tensors contiguous and of type T.</summary>
/// <remarks>A weight with a minus sign is dropped, see <see cref="EdgeDropout.Mark"/>.</remarks>
internal static unsafe class SegmentAttentionV2Cpu<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private static readonly T Slope = T.CreateChecked(SegmentAttention.NegativeSlope);

    /// <summary>Writes attention weights [E, H] and outputs [T, H·C].</summary>
    public static void Forward(Tensor source, Tensor target, Tensor attend, Tensor ageLogit, EdgeList edges, EdgeDropout dropout, Tensor weights, Tensor output)
    {
        int heads = (int)attend.shape[0], channels = (int)attend.shape[1], width = heads * channels, degree = edges.LargestDegree;
        T* src = Lanes.Pointer<T>(source), dst = Lanes.Pointer<T>(target), a = Lanes.Pointer<T>(attend), ages = ageLogit.shape[0] == 0 ? null : Lanes.Pointer<T>(ageLogit);
        T* alpha = Lanes.Pointer<T>(weights), result = Lanes.Pointer<T>(output);
        CpuLoop.Run(edges.TargetCount, 2L * edges.EdgeCount * width, (from, to) =>
        {
            var own = new T[degree];
            for (int t = from; t < to; t++)
                for (int h = 0; h < heads; h++) AttendTarget(t, h, own);
        });

        void AttendTarget(int t, int h, T[] scratch)
        {
            var (first, count, removed, at) = (edges.Offsets[t], edges.Offsets[t + 1] - edges.Offsets[t], edges.Removed, h * channels);
            Span<T> own = scratch.AsSpan(0, count);
            ReadOnlySpan<int> sources = edges.Sources.AsSpan(first, count);
            long place = (long)t * width + at;
            int kept = 0;
            for (int e = 0; e < count; e++)
            {
                if (removed is not null && removed[first + e]) continue;
                T x = Lanes.LeakyDot(a + at, dst + place, src + (long)sources[e] * width + at, channels, Slope);
                own[kept++] = ages is null ? x : x + ages[(count - 1 - e) * heads + h];
            }
            EdgeSoftmax.Apply(own, kept, removed is null ? [] : removed.AsSpan(first, count));
            if (dropout.IsOn) dropout.Mark(own, t, sources, h);
            for (int e = 0; e < count; e++) alpha[(long)(first + e) * heads + h] = own[e];
            if (dropout.IsOn) dropout.Pass(own);
            Lanes.WeightedRows(result + place, own, sources, src + at, width, channels);
        }
    }

    /// <summary>Writes the gradients of source [S, H·C] and target [T, H·C], and adds those of a [H, C] and of age logits [P, H].</summary>
    public static void Backward(Tensor source, Tensor target, Tensor attend, Tensor weights, EdgeList edges, EdgeDropout dropout, Tensor grad, Tensor gradSource, Tensor gradTarget, Tensor gradAttend, Tensor gradAgeLogit)
    {
        int heads = (int)attend.shape[0], channels = (int)attend.shape[1], width = heads * channels;
        using var gradLogits = empty_like(weights);                 // [E, H] gradient of each edge's logit
        using var gradAttendByTarget = empty_like(target);          // [T, H·C] what each target adds to the gradient of a
        T* src = Lanes.Pointer<T>(source), dst = Lanes.Pointer<T>(target), a = Lanes.Pointer<T>(attend), alpha = Lanes.Pointer<T>(weights), g = Lanes.Pointer<T>(grad), dx = Lanes.Pointer<T>(gradLogits);
        T* dSource = Lanes.Pointer<T>(gradSource), dTarget = Lanes.Pointer<T>(gradTarget), dAttend = Lanes.Pointer<T>(gradAttend), dAttendOf = Lanes.Pointer<T>(gradAttendByTarget);
        long work = 3L * edges.EdgeCount * width;
        T scale = dropout.ScaleOf<T>();

        CpuLoop.Run(edges.TargetCount, work, (from, to) =>
        {
            for (int t = from; t < to; t++)
                for (int h = 0; h < heads; h++) TargetGradients(t, h);
        });
        for (int t = 0; t < edges.TargetCount; t++) Lanes.AddScaled(dAttend, T.One, dAttendOf + (long)t * width, width);

        CpuLoop.Run(edges.SourceCount, work, (from, to) =>
        {
            for (int s = from; s < to; s++)
            {
                new Span<T>(dSource + (long)s * width, width).Clear();
                for (int h = 0; h < heads; h++) SourceGradients(s, h);
            }
        });

        if (gradAgeLogit.shape[0] == 0) return;
        T* dAge = Lanes.Pointer<T>(gradAgeLogit);
        for (int t = 0; t < edges.TargetCount; t++)
            for (int e = edges.Offsets[t], age = edges.Offsets[t + 1] - 1 - e; age >= 0; e++, age--)
                for (int h = 0; h < heads; h++) dAge[age * heads + h] += dx[(long)e * heads + h];

        // softmax: dx_e = α_e (dα_e − Σ_k α_k dα_k), dα_e = g_t · source_j / (1 − p) where it is kept, else 0; then through a ∘ LeakyReLU(target + source)
        void TargetGradients(int t, int h)
        {
            int at = h * channels;
            long place = (long)t * width + at;
            T* w = alpha + h, d = dx + h;
            T mean = T.Zero;
            for (int e = edges.Offsets[t]; e < edges.Offsets[t + 1]; e++)
            {
                d[(long)e * heads] = w[(long)e * heads] < T.Zero ? T.Zero : scale * Lanes.Dot(g + place, src + (long)edges.Sources[e] * width + at, channels);
                mean += w[(long)e * heads] * d[(long)e * heads];
            }
            new Span<T>(dTarget + place, channels).Clear();
            new Span<T>(dAttendOf + place, channels).Clear();
            for (int e = edges.Offsets[t]; e < edges.Offsets[t + 1]; e++)
            {
                T slope = d[(long)e * heads] = T.Abs(w[(long)e * heads]) * (d[(long)e * heads] - mean);
                Lanes.AddLeaky(dTarget + place, dAttendOf + place, slope, dst + place, src + (long)edges.Sources[e] * width + at, channels, Slope);
            }
            for (int c = 0; c < channels; c++) dTarget[place + c] *= a[at + c];
        }

        void SourceGradients(int s, int h)
        {
            int at = h * channels;
            T* w = alpha + h, d = dx + h, row = dSource + (long)s * width + at, own = src + (long)s * width + at;
            for (int i = edges.SourceOffsets[s]; i < edges.SourceOffsets[s + 1]; i++)
            {
                long e = (long)edges.EdgeBySource[i] * heads, place = (long)edges.TargetBySource[i] * width + at;
                Lanes.AddScaled(row, EdgeDropout.Passed(w[e], scale), g + place, channels);
                Lanes.AddLeakySlope(row, d[e], a + at, dst + place, own, channels, Slope);
            }
        }
    }
}
