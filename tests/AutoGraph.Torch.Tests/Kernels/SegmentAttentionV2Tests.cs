using AutoGraph.Torch.Kernels;
using CsCheck;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Kernels;

[Collection(nameof(Sequential))]
public sealed class SegmentAttentionV2Tests
{
    private static readonly RandomGraph Mixed = new(6, [[0, 1, 2, 3, 4], [], [5], [2, 2, 1], [0, 3, 5, 4, 1, 2, 0, 3, 3]], [false, false, true, false, false, true, false], 2, 5, 7);

    private static Tensor[] Inputs(RandomGraph graph) =>
    [
        Numbers.Random(graph.Seed, graph.SourceCount, graph.Heads * graph.Channels), Numbers.Random(graph.Seed + 1, graph.SourcesOf.Length, graph.Heads * graph.Channels),
        Numbers.Random(graph.Seed + 2, graph.Heads, graph.Channels), Numbers.Random(graph.Seed + 3, 12, graph.Heads),
    ];

    [Fact]
    public void Apply_TwoNodes_EqualsHandComputed()
    {
        using var scope = NewDisposeScope();
        // z = (1 + 1, −5 + 0) and (−1 + 1, 5 + 0); x = 1·2 + 2·(−1) = 0 and 0 + 2·5 = 10
        var output = SegmentAttentionV2.Apply(tensor(new double[] { 1, -5, -1, 5 }, 2, 2), tensor(new double[] { 1, 0 }, 1, 2), tensor(new double[] { 1, 2 }, 1, 2), new EdgeList(1, 2, [0, 2], [0, 1]));
        double alpha = 1 / (1 + Math.Exp(10));
        Numbers.AreClose([alpha - (1 - alpha), -5 * alpha + 5 * (1 - alpha)], Numbers.Flat(output), 1e-14);
    }

    [Fact]
    public void Apply_TargetsWithTheSameNeighbours_OrderThemDifferently()
    {
        using var scope = NewDisposeScope();
        var source = tensor(new double[] { 4, 0, 0, 4 }, 2, 2);
        var target = tensor(new double[] { 0, -9, -9, 0 }, 2, 2);       // each target silences one channel
        var output = Numbers.Matrix(SegmentAttentionV2.Apply(source, target, ones(1, 2, dtype: ScalarType.Float64), new EdgeList(2, 2, [0, 2, 4], [0, 1, 0, 1])));
        Assert.True(output[0, 0] > output[0, 1]);
        Assert.True(output[1, 0] < output[1, 1]);
    }

    [Fact]
    public void Apply_RandomGraphs_EqualsDenseReference() => RandomGraphs.Gen.Sample(graph =>
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs(graph);
        foreach (var edges in new[] { graph.ToEdgeList(), graph.WithHiddenEdges() })
            foreach (var ages in new[] { null, inputs[3] })
            {
                var expected = Dense.AttentionV2(Numbers.Matrix(inputs[0]), Numbers.Matrix(inputs[1]), Numbers.Matrix(inputs[2]), edges, ages is null ? null : Numbers.Matrix(ages));
                Numbers.AreClose(expected, SegmentAttentionV2.Apply(inputs[0], inputs[1], inputs[2], edges, ages), 1e-12);
                Numbers.AreClose(expected, SegmentAttentionV2Composed.Apply(inputs[0], inputs[1], inputs[2], edges, ages), 1e-12);
                Numbers.AreClose(expected, SegmentAttentionV2.Apply(inputs[0].@float(), inputs[1].@float(), inputs[2].@float(), edges, ages?.@float()), 1e-5);
            }
    }, iter: 60, threads: 1);

    [Fact]
    public void Backward_RandomGraphs_EqualsComposedPath() => RandomGraphs.Gen.Sample(graph =>
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs(graph);
        var edges = graph.WithHiddenEdges();
        var upstream = Numbers.Random(graph.Seed + 4, graph.SourcesOf.Length, graph.Heads * graph.Channels);
        var fused = Numbers.Gradients(() => (SegmentAttentionV2.Apply(inputs[0], inputs[1], inputs[2], edges, inputs[3]) * upstream).sum(), inputs);
        var composed = Numbers.Gradients(() => (SegmentAttentionV2Composed.Apply(inputs[0], inputs[1], inputs[2], edges, inputs[3]) * upstream).sum(), inputs);
        for (int i = 0; i < 4; i++) Numbers.AreClose(composed[i], fused[i], 1e-11);
    }, iter: 40, threads: 1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Backward_EveryInput_EqualsFiniteDifferences(bool hide)
    {
        using var scope = NewDisposeScope();
        var inputs = Inputs(Mixed);
        var edges = hide ? Mixed.WithHiddenEdges() : Mixed.ToEdgeList();
        var upstream = Numbers.Random(99, 5, 10);
        Numbers.CheckGradients(() => (SegmentAttentionV2.Apply(inputs[0], inputs[1], inputs[2], edges, inputs[3]) * upstream).square().sum(), inputs);
    }

    [Fact]
    public void ApplyAndBackward_OneOrTwoThreads_SameBits()
    {
        using var scope = NewDisposeScope();
        var random = new Random(5);
        var graph = new RandomGraph(500, [.. Enumerable.Range(0, 400).Select(_ => Enumerable.Range(0, random.Next(40)).Select(_ => random.Next(500)).ToArray())], [false], 2, 16, 3);
        var (edges, inputs) = (graph.ToEdgeList(), Inputs(graph));
        Assert.Equal(Run(1), Run(2));

        int[] Run(int threads) => Threads.With<int[]>(threads, () =>
        {
            var (source, target, attend) = (Leaf(inputs[0]), Leaf(inputs[1]), Leaf(inputs[2]));
            var output = SegmentAttentionV2.Apply(source, target, attend, edges);
            output.square().sum().backward();
            return (int[])[.. Numbers.Bits(output), .. Numbers.Bits(source.grad!), .. Numbers.Bits(target.grad!), .. Numbers.Bits(attend.grad!)];
        });

        static Tensor Leaf(Tensor values) => values.to(ScalarType.Float32).detach().requires_grad_();
    }

    /// <summary>The guard hides edges without leaving a trace, forward and backward.</summary>
    [Fact]
    public void ApplyAndBackward_HiddenEdge_SameBitsAsWithoutTheEdge()
    {
        using var scope = NewDisposeScope();
        for (int degree = 1; degree <= 20; degree++)
            for (int hidden = 0; hidden < degree; hidden++)
            {
                int[] sources = [.. Enumerable.Range(0, degree)];
                var with = new EdgeList(1, 20, [0, degree], sources);
                with.Remove(0, hidden);
                Assert.Equal(Run(new EdgeList(1, 20, [0, degree - 1], [.. sources.Where(s => s != hidden)])), Run(with));
            }

        static float[] Run(EdgeList edges)
        {
            var (source, target, attend) = (Numbers.Random(1, 20, 6).@float().requires_grad_(), Numbers.Random(2, 1, 6).@float().requires_grad_(), Numbers.Random(3, 2, 3).@float().requires_grad_());
            var output = SegmentAttentionV2.Apply(source, target, attend, edges);
            output.square().sum().backward();
            return [.. output.data<float>().ToArray(), .. source.grad!.data<float>().ToArray(), .. target.grad!.data<float>().ToArray(), .. attend.grad!.data<float>().ToArray()];
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Apply_WrongShape_ThrowsArgumentException(int wrong)
    {
        using var scope = NewDisposeScope();
        var edges = new EdgeList(2, 3, [0, 1, 3], [0, 2, 1]);
        var error = Assert.Throws<ArgumentException>(() => SegmentAttentionV2.Apply(zeros(wrong == 0 ? 2 : 3, 4), zeros(2, wrong == 1 ? 6 : 4), wrong == 2 ? zeros(4) : zeros(2, 2), edges, zeros(wrong == 3 ? 1 : 2, 2)));
        Assert.StartsWith("Expected", error.Message, StringComparison.Ordinal);
    }
}
