using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using CsCheck;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Kernels;

/// <summary>Dropout on the weights of both kinds of attention.</summary>
[Collection(nameof(Sequential))]
public sealed class EdgeDropoutTests
{
    private static EdgeDropout Draw(double rate, ulong seed)
    {
        var random = new RandomStream(seed);
        return EdgeDropout.Draw(rate, ref random);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.6)]
    public void Drops_ManyEdges_ThePartWhateverTargetSourceAndHead(double rate)
    {
        var dropout = Draw(rate, 1);
        var dropped = (from t in Enumerable.Range(0, 100) from s in Enumerable.Range(0, 100) from h in Enumerable.Range(0, 4) select dropout.Drops(t, s, h)).ToArray();
        double deviation = Math.Sqrt(rate * (1 - rate) / dropped.Length);
        Assert.Equal(rate, dropped.Average(drop => drop ? 1.0 : 0), 5 * deviation);
        // pairs of heads of an edge, of sources of a target and of targets of a source fall together as often as chance has it
        foreach (int apart in new[] { 1, 4, 400 })
            Assert.Equal(rate * rate, Enumerable.Range(0, dropped.Length - apart).Average(i => dropped[i] && dropped[i + apart] ? 1.0 : 0), 6 * deviation);
        Assert.NotEqual(dropped, (from t in Enumerable.Range(0, 100) from s in Enumerable.Range(0, 100) from h in Enumerable.Range(0, 4) select Draw(rate, 2).Drops(t, s, h)).ToArray());
    }

    [Fact]
    public void Draw_RateZero_DropsAndDrawsNothing()
    {
        RandomStream random = new(4), untouched = new(4);
        var dropout = EdgeDropout.Draw(0, ref random);
        Assert.False(dropout.IsOn);
        Assert.False(dropout.Drops(1, 2, 3));
        Assert.Equal(untouched.NextBits(), random.NextBits());
    }

    [Fact]
    public void Apply_OneEdge_IsTheSourceOverWhatIsKeptOrZero()
    {
        using var scope = NewDisposeScope();
        var source = Numbers.Random(1, 40, 4);
        var edges = new EdgeList(40, 40, [.. Enumerable.Range(0, 41)], [.. Enumerable.Range(0, 40)]);
        var dropout = Draw(0.25, 3);
        double[,] rows = Numbers.Matrix(source), output = Numbers.Matrix(SegmentAttention.Apply(source, zeros(40, 2, dtype: ScalarType.Float64), zeros(40, 2, dtype: ScalarType.Float64), edges, dropout: dropout));
        for (int t = 0; t < 40; t++)
            for (int c = 0; c < 4; c++) Assert.Equal(dropout.Drops(t, t, c / 2) ? 0 : rows[t, c] / 0.75, output[t, c], 1e-14);
    }

    [Fact]
    public void Apply_RandomGraphs_EqualsDenseReference() => RandomGraphs.Gen.Sample(graph =>
    {
        using var scope = NewDisposeScope();
        var (first, second) = (FirstInputs(graph), SecondInputs(graph));
        var dropout = Draw(0.4, (ulong)graph.Seed);
        foreach (var edges in new[] { graph.ToEdgeList(), graph.WithHiddenEdges() })
        {
            var expected = Dense.Attention(Numbers.Matrix(first[0]), Numbers.Matrix(first[1]), Numbers.Matrix(first[2]), edges, Numbers.Matrix(first[3]), dropout);
            Numbers.AreClose(expected, SegmentAttention.Apply(first[0], first[1], first[2], edges, first[3], dropout), 1e-12);
            Numbers.AreClose(expected, SegmentAttentionComposed.Apply(first[0], first[1], first[2], edges, first[3], dropout), 1e-12);
            expected = Dense.AttentionV2(Numbers.Matrix(second[0]), Numbers.Matrix(second[1]), Numbers.Matrix(second[2]), edges, Numbers.Matrix(second[3]), dropout);
            Numbers.AreClose(expected, SegmentAttentionV2.Apply(second[0], second[1], second[2], edges, second[3], dropout), 1e-12);
            Numbers.AreClose(expected, SegmentAttentionV2Composed.Apply(second[0], second[1], second[2], edges, second[3], dropout), 1e-12);
        }
    }, iter: 60, threads: 1);

    [Fact]
    public void Backward_RandomGraphs_EqualsComposedPath() => RandomGraphs.Gen.Sample(graph =>
    {
        using var scope = NewDisposeScope();
        var (first, second, edges, dropout) = (FirstInputs(graph), SecondInputs(graph), graph.WithHiddenEdges(), Draw(0.4, (ulong)graph.Seed));
        var upstream = Numbers.Random(graph.Seed + 9, graph.SourcesOf.Length, graph.Heads * graph.Channels);
        Same(Numbers.Gradients(() => (SegmentAttention.Apply(first[0], first[1], first[2], edges, first[3], dropout) * upstream).sum(), first),
            Numbers.Gradients(() => (SegmentAttentionComposed.Apply(first[0], first[1], first[2], edges, first[3], dropout) * upstream).sum(), first));
        Same(Numbers.Gradients(() => (SegmentAttentionV2.Apply(second[0], second[1], second[2], edges, second[3], dropout) * upstream).sum(), second),
            Numbers.Gradients(() => (SegmentAttentionV2Composed.Apply(second[0], second[1], second[2], edges, second[3], dropout) * upstream).sum(), second));

        static void Same(double[][] fused, double[][] composed)
        {
            for (int i = 0; i < composed.Length; i++) Numbers.AreClose(composed[i], fused[i], 1e-11);
        }
    }, iter: 40, threads: 1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Backward_EveryInput_EqualsFiniteDifferences(bool version2)
    {
        using var scope = NewDisposeScope();
        var graph = new RandomGraph(6, [[0, 1, 2, 3, 4], [], [5], [2, 2, 1], [0, 3, 5, 4, 1, 2, 0, 3, 3]], [false, false, true, false, false, true, false], 2, 5, 7);
        var (inputs, edges, dropout) = (version2 ? SecondInputs(graph) : FirstInputs(graph), graph.WithHiddenEdges(), Draw(0.3, 5));
        Numbers.CheckGradients(() => (version2
            ? SegmentAttentionV2.Apply(inputs[0], inputs[1], inputs[2], edges, inputs[3], dropout)
            : SegmentAttention.Apply(inputs[0], inputs[1], inputs[2], edges, inputs[3], dropout)).square().sum(), inputs);
    }

    [Fact]
    public void Apply_ManySeeds_AverageIsThePassWithoutDropout()
    {
        using var scope = NewDisposeScope();
        var graph = new RandomGraph(6, [[0, 1, 2, 3, 4], [5], [2, 2, 1]], [false], 2, 2, 7);
        var (inputs, edges) = (FirstInputs(graph), graph.ToEdgeList());
        double[] expected = Numbers.Flat(SegmentAttention.Apply(inputs[0], inputs[1], inputs[2], edges)), total = new double[expected.Length];
        const int Passes = 20_000;
        for (int seed = 0; seed < Passes; seed++)
        {
            using var pass = NewDisposeScope();
            double[] output = Numbers.Flat(SegmentAttention.Apply(inputs[0], inputs[1], inputs[2], edges, dropout: Draw(0.3, (ulong)seed)));
            for (int i = 0; i < total.Length; i++) total[i] += output[i];
        }
        for (int i = 0; i < total.Length; i++) Assert.Equal(expected[i], total[i] / Passes, 0.03);        // a weight's standard error is below √(.3/.7)/√20,000 = .005
    }

    /// <summary>The guard against leakage under dropout: a hidden edge and one that is not there leave the same bits.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Apply_HiddenEdge_SameBitsAsWithoutTheEdge(bool version2)
    {
        using var scope = NewDisposeScope();
        var dropout = Draw(0.3, 8);
        Tensor source = Numbers.Random(1, 40, 6).@float(), sourceLogit = Numbers.Random(2, 40, 2).@float(), targetLogit = Numbers.Random(3, 1, 2).@float(), target = Numbers.Random(4, 1, 6).@float(), attend = Numbers.Random(5, 2, 3).@float();
        for (int degree = 1; degree <= 20; degree++)
            for (int hidden = 0; hidden < degree; hidden++)
            {
                int[] sources = [.. Enumerable.Range(0, degree)];
                var with = new EdgeList(1, 40, [0, degree], sources);
                with.Remove(0, hidden);
                Assert.Equal(Bits(new EdgeList(1, 40, [0, degree - 1], [.. sources.Where(s => s != hidden)])), Bits(with));
            }

        int[] Bits(EdgeList edges) => Numbers.Bits(version2 ? SegmentAttentionV2.Apply(source, target, attend, edges, null, dropout) : SegmentAttention.Apply(source, sourceLogit, targetLogit, edges, null, dropout));
    }

    private static Tensor[] FirstInputs(RandomGraph graph) =>
    [
        Numbers.Random(graph.Seed, graph.SourceCount, graph.Heads * graph.Channels), Numbers.Random(graph.Seed + 1, graph.SourceCount, graph.Heads),
        Numbers.Random(graph.Seed + 2, graph.SourcesOf.Length, graph.Heads), Numbers.Random(graph.Seed + 3, 12, graph.Heads),
    ];

    private static Tensor[] SecondInputs(RandomGraph graph) =>
    [
        Numbers.Random(graph.Seed, graph.SourceCount, graph.Heads * graph.Channels), Numbers.Random(graph.Seed + 1, graph.SourcesOf.Length, graph.Heads * graph.Channels),
        Numbers.Random(graph.Seed + 2, graph.Heads, graph.Channels), Numbers.Random(graph.Seed + 3, 12, graph.Heads),
    ];
}
