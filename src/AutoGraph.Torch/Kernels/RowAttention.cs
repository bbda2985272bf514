using System.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary>
/// Scaled dot-product attention (Vaswani et al. 2017) over rows that lie one after the other:
/// out_q = Σ_j softmax_j(q·k_j / √C) v_j per head of width C, over the keys of the query's row up to itself.
/// </summary>
/// <remarks>Cost on the CPU: 2·P·D multiply-adds forward and 4·P·D backward for P pairs of query and key; [H, P] weights are kept, nothing is padded.</remarks>
internal static class RowAttention
{
    /// <param name="query">[Q, D].</param>
    /// <param name="keyValue">[N, 2D] keys, then values.</param>
    /// <param name="queries">Which keys each query sees.</param>
    /// <param name="heads">H, a divisor of D.</param>
    /// <returns>[Q, D].</returns>
    public static Tensor Apply(Tensor query, Tensor keyValue, AttentionQueries queries, int heads)
    {
        Shapes.Expect(query, nameof(query), queries.Queries.Length, -1);
        long width = query.shape[1];
        Shapes.Expect(keyValue, nameof(keyValue), queries.KeyCount, 2 * width);
        if (heads < 1 || width % heads != 0) throw new ArgumentException($"Expected a width that {heads} heads divide, found {width}.", nameof(query));
        if (query.device_type != DeviceType.CPU) return Composed(query, keyValue, queries, heads);
        return Shapes.IsDouble(query, keyValue) ? Fused<double>.apply(query, keyValue, queries, heads) : Fused<float>.apply(query, keyValue, queries, heads);
    }

    /// <summary>The same of tensor operations, on any device.</summary>
    internal static Tensor Composed(Tensor query, Tensor keyValue, AttentionQueries queries, int heads)
    {
        using var scope = NewDisposeScope();
        long width = query.shape[1], channels = width / heads;
        if (queries.PairCount == 0) return zeros_like(query).MoveToOuterDisposeScope();
        var (queryOf, keyOf) = (new long[queries.PairCount], new long[queries.PairCount]);
        for (int q = 0; q < queries.Queries.Length; q++)
            for (int p = queries.PairOffsets[q]; p < queries.PairOffsets[q + 1]; p++)
                (queryOf[p], keyOf[p]) = (q, queries.Firsts[q] + p - queries.PairOffsets[q]);
        var toQuery = tensor(queryOf, device: query.device);
        var pairs = TableRows.Of(keyValue, tensor(keyOf, device: query.device)).view(-1, 2, heads, channels);                  // [P, 2, H, C]
        var logits = Scalars.Multiply((TableRows.Of(query.view(-1, heads, channels), toQuery) * pairs.select(1, 0)).sum(-1), 1 / Math.Sqrt(channels));
        long[] last = [.. queries.PairOffsets.Skip(1).Select(offset => offset - 1L)];                                                   // a query sees itself at least
        int most = Enumerable.Range(0, last.Length).Max(q => queries.PairOffsets[q + 1] - queries.PairOffsets[q]);
        var highest = SegmentAttentionComposed.Highest(logits.detach(), toQuery, tensor(last, device: query.device), most);
        var weights = Scalars.Subtract(logits, TableRows.Of(highest, toQuery)).exp();                                                   // [P, H], 1 at the highest of each query
        var sums = Scalars.IndexAdd(zeros(query.shape[0], heads, dtype: query.dtype, device: query.device), toQuery, weights);
        var weighted = (weights / TableRows.Of(sums, toQuery)).unsqueeze(2) * pairs.select(1, 1);
        return Scalars.IndexAdd(zeros(query.shape[0], heads, channels, dtype: query.dtype, device: query.device), toQuery, weighted).view(-1, width).MoveToOuterDisposeScope();
    }

    private sealed class Fused<T> : autograd.SingleTensorFunction<Fused<T>> where T : unmanaged, IFloatingPointIeee754<T>
    {
        public override string Name => nameof(RowAttention);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var (query, keyValue, queries, heads) = (((Tensor)vars[0]).contiguous(), ((Tensor)vars[1]).contiguous(), (AttentionQueries)vars[2], (int)vars[3]);
            var output = empty_like(query);
            var weights = empty(heads, queries.PairCount, dtype: query.dtype);
            new RowAttentionCpu<T>(queries, heads, (int)query.shape[1]).Forward(query, keyValue, weights, output);
            ctx.save_for_backward([query, keyValue, weights]);
            ctx.save_data(nameof(queries), queries);
            return output;
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad)
        {
            var saved = ctx.get_saved_variables();
            var (query, keyValue, weights) = (saved[0], saved[1], saved[2]);
            using var incoming = grad.contiguous();
            var (gradQuery, gradKeyValue) = (empty_like(query), zeros_like(keyValue));
            new RowAttentionCpu<T>((AttentionQueries)ctx.get_data("queries"), (int)weights.shape[0], (int)query.shape[1])
                .Backward(query, keyValue, weights, incoming, gradQuery, gradKeyValue);
            foreach (var tensor in saved) tensor.Dispose();
            return [gradQuery, gradKeyValue, null!, null!];
        }
    }
}
