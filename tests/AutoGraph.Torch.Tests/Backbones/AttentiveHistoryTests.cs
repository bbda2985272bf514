using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Backbones;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Tests.Kernels;
using AutoGraph.Torch.Training;
using CsCheck;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Backbones;

/// <summary>SASRec: causal, exact where it computes the latest item's state only, equal to the formulas written out.</summary>
public sealed class AttentiveHistoryTests
{
    private static readonly RecommenderOptions Options = new() { Backbone = Backbone.SasRec, Dimension = 4, HistoryLength = Histories.Longest };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Layer_FutureItemChanged_EarlierStatesKeepTheirBits(int heads) =>
        Gen.Select(Histories.Gen.Where(rows => rows.Any(row => row.Length > 1)), Gen.Int[0, 1000]).Sample((rows, pick) =>
        {
            using var scope = NewDisposeScope();
            var history = Histories.Edges(rows);
            using var layer = Layer(heads);
            int changed = pick % history.EdgeCount, row = Enumerable.Range(0, rows.Length).Single(b => history.Offsets[b] <= changed && changed < history.Offsets[b + 1]);
            var before = Numbers.Random(1, history.EdgeCount, 4);
            var after = before.clone();
            after[changed] = Numbers.Random(2, 4);
            var (x, y) = (Numbers.Matrix(All(layer, before, history)), Numbers.Matrix(All(layer, after, history)));
            for (int e = 0; e < history.EdgeCount; e++)
            {
                bool sees = e >= changed && e < history.Offsets[row + 1];
                Assert.Equal(sees, Enumerable.Range(0, 4).Any(c => x[e, c] != y[e, c]));
            }
        }, iter: 50, threads: 1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Latest_AnyHistories_AreThoseRowsOfAll(int heads) => Histories.Gen.Where(rows => rows.Any(row => row.Length > 0)).Sample(rows =>
    {
        using var scope = NewDisposeScope();
        var history = Histories.Edges(rows);
        using var layer = Layer(heads);
        var x = Numbers.Random(1, history.EdgeCount, 4);
        var (queries, _) = HistoryRows.Latest(history);
        var random = default(RandomStream);
        var all = Numbers.Matrix(All(layer, x, history));
        var latest = Numbers.Matrix(layer.Latest(x, queries, ref random));
        Assert.Equal(rows.Count(row => row.Length > 0), latest.GetLength(0));
        for (int q = 0; q < queries.Queries.Length; q++)
            for (int c = 0; c < 4; c++) Assert.Equal(all[queries.Queries[q], c], latest[q, c], 1e-12);
    }, iter: 30, threads: 1);

    [Fact]
    public void Encode_OneLayer_EqualsTheFormulasWrittenOut()
    {
        using var scope = NewDisposeScope();
        using var encoder = HistoryEncoderTests.Make(Options);
        var weights = encoder.named_parameters().ToDictionary(p => p.name, p => Numbers.Flat(p.parameter));
        var table = Numbers.Random(3, Histories.Items + 1, 4);
        var e = Numbers.Matrix(table);
        var actual = Numbers.Matrix(HistoryEncoderTests.Encode(encoder, table, Histories.Some));
        for (int b = 0; b < Histories.Some.Length; b++)
        {
            int[] items = Histories.Some[b];
            if (items.Length == 0) continue;
            // x_j = √D·e_j + p of its age; then the latest item alone goes on
            double[][] x = [.. items.Select((item, j) => Vector(c => 2 * e[item, c] + weights["positions"][(items.Length - 1 - j) * 4 + c]))];
            double[][] normed = [.. x.Select(v => Norm(v, "layers.0.beforeAttention."))];
            double[] q = Linear(normed[^1], "layers.0.query", "layers.0.queryBias", 4);
            double[][] kv = [.. normed.Select(v => Linear(v, "layers.0.keyValue", "layers.0.keyValueBias", 8))];
            double[] p = [.. kv.Select(k => Math.Exp(Enumerable.Range(0, 4).Sum(c => q[c] * k[c]) / 2))];
            double[] h = Vector(c => x[^1][c] + kv.Select((k, j) => p[j] / p.Sum() * k[4 + c]).Sum());
            double[] inner = [.. Linear(Norm(h, "layers.0.beforeForward."), "layers.0.inner", "layers.0.innerBias", 4).Select(v => Math.Max(0, v))];
            double[] outer = Linear(inner, "layers.0.outer", "layers.0.outerBias", 4);
            double[] expected = Norm(Vector(c => h[c] + outer[c]), "normalization.");
            for (int c = 0; c < 4; c++) Assert.Equal(expected[c], actual[b, c], 1e-10);
        }

        double[] Vector(Func<int, double> at) => [.. Enumerable.Range(0, 4).Select(at)];
        double[] Linear(double[] v, string weight, string bias, int outputs) =>
            [.. Enumerable.Range(0, outputs).Select(o => weights[bias][o] + Enumerable.Range(0, 4).Sum(c => weights[weight][o * 4 + c] * v[c]))];
        double[] Norm(double[] v, string prefix)
        {
            double mean = v.Average(), variance = v.Average(x => (x - mean) * (x - mean));
            return Vector(c => (v[c] - mean) / Math.Sqrt(variance + 1e-5) * weights[prefix + "weight"][c] + weights[prefix + "bias"][c]);
        }
    }

    [Fact]
    public void Apply_FusedAndComposed_SameValuesAndGradients() => Gen.Select(Histories.Gen, Gen.Int[0, 2]).Sample((rows, power) =>
    {
        using var scope = NewDisposeScope();
        var history = Histories.Edges(rows);
        foreach (var queries in new[] { AttentionQueries.Causal(history.Offsets), HistoryRows.Latest(history).Queries })
        {
            if (queries.Queries.Length == 0) continue;
            var (query, keyValue, upstream) = (Numbers.Random(1, queries.Queries.Length, 4), Numbers.Random(2, history.EdgeCount, 8), Numbers.Random(3, queries.Queries.Length, 4));
            int heads = 1 << power;
            Numbers.AreClose(Numbers.Flat(RowAttention.Composed(query, keyValue, queries, heads)), Numbers.Flat(RowAttention.Apply(query, keyValue, queries, heads)), 1e-12);
            var expected = Numbers.Gradients(() => (RowAttention.Composed(query, keyValue, queries, heads) * upstream).sum(), query, keyValue);
            var actual = Numbers.Gradients(() => (RowAttention.Apply(query, keyValue, queries, heads) * upstream).sum(), query, keyValue);
            for (int n = 0; n < 2; n++) Numbers.AreClose(expected[n], actual[n], 1e-12);
        }
    }, iter: 30, threads: 1);

    [Fact]
    public void Composed_LogitsFarApartAndNoPairs_AreFiniteAsFused()
    {
        using var scope = NewDisposeScope();
        var queries = AttentionQueries.Causal([0, 2, 4]);
        var (query, keyValue) = (tensor(new[] { 1e4, 1e4, -1e4, -1e4 }, 4, 1), tensor(new double[] { 1, 5, 2, 7, 1, 11, 2, 13 }, 4, 2));
        Assert.Equal([5, 7, 11, 11], Numbers.Flat(RowAttention.Composed(query, keyValue, queries, 1)));      // one maximum for all rows would leave 0 / 0 in the second
        Assert.Equal([5, 7, 11, 11], Numbers.Flat(RowAttention.Apply(query, keyValue, queries, 1)));
        Assert.Equal([0L, 1], RowAttention.Composed(zeros(0, 1), zeros(0, 2), AttentionQueries.Causal([0, 0]), 1).shape);
    }

    [Fact]
    public void Causal_MorePairsThanCanBeCounted_SaysWhatToLower()
    {
        int[] offsets = [.. Enumerable.Range(0, 1001).Select(row => 2100 * row)];       // 1,000 histories of 2,100
        Assert.Contains("Lower the batch size or the history length", Assert.Throws<ArgumentException>(() => AttentionQueries.Causal(offsets)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_WrongShape_ThrowsArgumentException()
    {
        using var scope = NewDisposeScope();
        var queries = AttentionQueries.Causal([0, 2]);
        Assert.Throws<ArgumentException>(() => RowAttention.Apply(zeros(2, 4), zeros(2, 4), queries, 1));
        Assert.Throws<ArgumentException>(() => RowAttention.Apply(zeros(1, 4), zeros(2, 8), queries, 1));
        Assert.Throws<ArgumentException>(() => RowAttention.Apply(zeros(2, 4), zeros(2, 8), queries, 3));
    }

    private static AttentionLayer Layer(int heads)
    {
        using var generator = new Generator(3, CPU);
        var layer = new AttentionLayer(4, heads, 0.5, generator);
        layer.to(ScalarType.Float64);
        layer.eval();
        return layer;
    }

    private static Tensor All(AttentionLayer layer, Tensor x, EdgeList history)
    {
        var random = default(RandomStream);
        return layer.All(x, history.Offsets, ref random);
    }
}
