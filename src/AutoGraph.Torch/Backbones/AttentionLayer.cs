using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Backbones;

/// <summary>
/// A layer of SASRec: x ← x + dropout(Attention(LN x)), then x ← x + dropout(W₂ dropout(ReLU(W₁ LN x))); items see themselves
/// and earlier ones of their row.
/// </summary>
internal sealed class AttentionLayer : nn.Module
{
    private readonly Normalization beforeAttention;
    private readonly Parameter query, queryBias;
    private readonly Parameter keyValue, keyValueBias;          // [2D, D], [2D]
    private readonly Normalization beforeForward;
    private readonly Parameter inner, innerBias;
    private readonly Parameter outer, outerBias;
    private readonly int _heads;
    private readonly double _dropout;

    public AttentionLayer(int width, int heads, double dropout, Generator generator) : base(nameof(AttentionLayer))
    {
        (beforeAttention, beforeForward) = (new Normalization(width), new Normalization(width));
        (query, queryBias) = (Initialize.Glorot(generator, width, width, width, width), Initialize.Zeros(width));
        (keyValue, keyValueBias) = (Initialize.Glorot(generator, width, width, 2 * width, width), Initialize.Zeros(2 * width));
        (inner, innerBias) = (Initialize.Glorot(generator, width, width, width, width), Initialize.Zeros(width));
        (outer, outerBias) = (Initialize.Glorot(generator, width, width, width, width), Initialize.Zeros(width));
        (_heads, _dropout) = (heads, dropout);
        RegisterComponents();
    }

    /// <summary>States of all items.</summary>
    /// <param name="x">[N, D], histories one after the other.</param>
    /// <param name="offsets">[B + 1] where they begin.</param>
    /// <param name="random">Where dropout is drawn from, in training.</param>
    public Tensor All(Tensor x, int[] offsets, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        var normed = beforeAttention.Apply(x);
        return Forward(x, normed, normed, AttentionQueries.Causal(offsets), ref random).MoveToOuterDisposeScope();
    }

    /// <summary>States of the queried items only, [Q, D]: exactly those rows of <see cref="All"/>.</summary>
    public Tensor Latest(Tensor x, AttentionQueries queries, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        var normed = beforeAttention.Apply(x);
        var rows = EdgeList.Rows(queries.Queries, queries.KeyCount);
        return Forward(SegmentMean.Apply(x, rows), SegmentMean.Apply(normed, rows), normed, queries, ref random).MoveToOuterDisposeScope();
    }

    // states and the queries' normed rows [Q, D], normed [N, D]
    private Tensor Forward(Tensor states, Tensor queried, Tensor normed, AttentionQueries queries, ref RandomStream random)
    {
        double rate = training ? _dropout : 0;
        var q = nn.functional.linear(queried, query, queryBias);                        // [Q, D]
        var kv = nn.functional.linear(normed, keyValue, keyValueBias);                  // [N, 2D]
        var x = Scalars.Add(states, SeededDropout.Apply(RowAttention.Apply(q, kv, queries, _heads), rate, ref random));
        var hidden = SeededDropout.Apply(nn.functional.linear(beforeForward.Apply(x), inner, innerBias).relu_(), rate, ref random);
        return Scalars.Add(x, SeededDropout.Apply(nn.functional.linear(hidden, outer, outerBias), rate, ref random));
    }
}
