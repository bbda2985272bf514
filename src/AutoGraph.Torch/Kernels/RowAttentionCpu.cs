using System.Numerics;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary>The loops of <see cref="RowAttention"/>: threads share out rows, whose keys no other row reads, so sums are the same with any number of threads.</summary>
internal readonly unsafe struct RowAttentionCpu<T>(AttentionQueries queries, int heads, int width) where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int _channels = width / heads;

    public void Forward(Tensor query, Tensor keyValue, Tensor weights, Tensor output)
    {
        T* q = Lanes.Pointer<T>(query), kv = Lanes.Pointer<T>(keyValue), w = Lanes.Pointer<T>(weights), o = Lanes.Pointer<T>(output);
        var self = this;
        CpuLoop.Run(queries.RowOffsets.Length - 1, 2L * queries.PairCount * width, (from, to) =>
        {
            for (int i = self.First(from); i < self.First(to); i++)
                for (int h = 0; h < self.Heads; h++) self.Row(i, h, q, kv, w, o);
        });
    }

    private int Heads => heads;

    private int First(int row) => queries.RowOffsets[row];

    private void Row(int i, int head, T* q, T* kv, T* w, T* o)
    {
        int first = queries.Firsts[i], count = queries.Queries[i] - first + 1, at = head * _channels;
        T* own = w + (long)head * queries.PairCount + queries.PairOffsets[i];
        T scale = T.One / T.Sqrt(T.CreateChecked(_channels)), max = T.NegativeInfinity, sum = T.Zero;
        for (int j = 0; j < count; j++)
            max = T.Max(max, own[j] = scale * Lanes.Dot(q + (long)i * width + at, kv + (long)(first + j) * 2 * width + at, _channels));
        for (int j = 0; j < count; j++) sum += own[j] = T.Exp(own[j] - max);
        T* result = o + (long)i * width + at;
        new Span<T>(result, _channels).Clear();
        for (int j = 0; j < count; j++)
            Lanes.AddScaled(result, own[j] /= sum, kv + (long)(first + j) * 2 * width + width + at, _channels);
    }

    /// <param name="query">[Q, D].</param>
    /// <param name="keyValue">[N, 2D].</param>
    /// <param name="weights">[H, P] of the forward pass.</param>
    /// <param name="grad">[Q, D].</param>
    /// <param name="gradQuery">[Q, D], every element is written.</param>
    /// <param name="gradKeyValue">[N, 2D], zeros that are added to.</param>
    public void Backward(Tensor query, Tensor keyValue, Tensor weights, Tensor grad, Tensor gradQuery, Tensor gradKeyValue)
    {
        T* q = Lanes.Pointer<T>(query), kv = Lanes.Pointer<T>(keyValue), w = Lanes.Pointer<T>(weights), g = Lanes.Pointer<T>(grad);
        T* dq = Lanes.Pointer<T>(gradQuery), dkv = Lanes.Pointer<T>(gradKeyValue);
        var self = this;
        CpuLoop.Run(queries.RowOffsets.Length - 1, 4L * queries.PairCount * width, (from, to) =>
        {
            for (int i = self.First(from); i < self.First(to); i++)
                for (int h = 0; h < self.Heads; h++) self.RowBack(i, h, q, kv, w, g, dq, dkv);
        });
    }

    // With p the weights: dp_j = g·v_j, dx_j = p_j (dp_j − Σ_l p_l dp_l) / √C; and Σ_l p_l dp_l takes a first pass over the values.
    private void RowBack(int i, int head, T* q, T* kv, T* w, T* g, T* dq, T* dkv)
    {
        int first = queries.Firsts[i], count = queries.Queries[i] - first + 1, at = head * _channels;
        T* own = w + (long)head * queries.PairCount + queries.PairOffsets[i], incoming = g + (long)i * width + at, ownQuery = q + (long)i * width + at, result = dq + (long)i * width + at;
        T scale = T.One / T.Sqrt(T.CreateChecked(_channels)), mean = T.Zero;
        for (int j = 0; j < count; j++) mean += own[j] * Lanes.Dot(incoming, kv + (long)(first + j) * 2 * width + width + at, _channels);
        new Span<T>(result, _channels).Clear();
        for (int j = 0; j < count; j++)
        {
            long key = (long)(first + j) * 2 * width + at;
            T logit = scale * own[j] * (Lanes.Dot(incoming, kv + key + width, _channels) - mean);
            Lanes.AddScaled(result, logit, kv + key, _channels);
            Lanes.AddScaled(dkv + key, logit, ownQuery, _channels);
            Lanes.AddScaled(dkv + key + width, own[j], incoming, _channels);
        }
    }
}
