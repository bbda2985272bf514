using AutoGraph.Torch.Kernels;
using CsCheck;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Kernels;

[Collection(nameof(Sequential))]
public class SegmentAttentionTests
{
    private static (Tensor Source, Tensor SourceLogit, Tensor TargetLogit) Inputs(RandomGraph graph, double scale = 1) =>
        (Numbers.Random(graph.Seed, graph.SourceCount, graph.Heads * graph.Channels),
            Numbers.Random(graph.Seed + 1, graph.SourceCount, graph.Heads) * scale,
            Numbers.Random(graph.Seed + 2, graph.SourcesOf.Length, graph.Heads) * scale);

    private static readonly RandomGraph Mixed = new(6, [[0, 1, 2, 3, 4], [], [5], [2, 2, 1], [0, 3, 5, 4, 1, 2, 0, 3, 3]], [false, false, true, false, false, true, false], 2, 5, 7);

    [Fact]
    public void Apply_TwoNodes_EqualsHandComputed()
    {
        using var scope = NewDisposeScope();
        var edges = new EdgeList(1, 2, [0, 2], [0, 1]);
        // logits: 1 + 0 = 1; 1 − 6 = −5 → LeakyReLU −1; α = softmax(1, −1) = (σ(2), 1 − σ(2))
        var output = SegmentAttention.Apply(tensor(new double[] { 10, 20, 0, -4 }, 2, 2), tensor(new double[] { 0, -6 }, 2, 1), tensor(new double[] { 1 }, 1, 1), edges);

        double alpha = 1 / (1 + Math.Exp(-2));
        Numbers.AreClose([10 * alpha, 20 * alpha - 4 * (1 - alpha)], Numbers.Flat(output), 1e-14);
    }

    [Fact]
    public void Apply_SingleEdge_IsTheSourceRowWhateverTheLogits()
    {
        using var scope = NewDisposeScope();
        var source = Numbers.Random(1, 3, 4);
        var output = SegmentAttention.Apply(source, Numbers.Random(2, 3, 2) * 100, Numbers.Random(3, 1, 2) * 100, new EdgeList(1, 3, [0, 1], [2]));
        Assert.Equal(Numbers.Flat(source[2]), Numbers.Flat(output));
    }

    [Fact]
    public void Apply_AllEdgesRemovedOrNone_GivesZeros()
    {
        using var scope = NewDisposeScope();
        var edges = new EdgeList(2, 2, [0, 0, 2], [0, 1]);
        edges.Remove(1, 0);
        edges.Remove(1, 1);
        var (source, sourceLogit, targetLogit) = (Numbers.Random(1, 2, 4), Numbers.Random(2, 2, 2), Numbers.Random(3, 2, 2));
        Assert.Equal(new double[8], Numbers.Flat(SegmentAttention.Apply(source, sourceLogit, targetLogit, edges)));
        var gradients = Numbers.Gradients(() => (SegmentAttention.Apply(source, sourceLogit, targetLogit, edges) * 3).sum(), source, sourceLogit, targetLogit);
        Assert.All(gradients.SelectMany(g => g), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Apply_HugeLogits_StaysFinite()
    {
        using var scope = NewDisposeScope();
        var edges = new EdgeList(1, 3, [0, 3], [0, 1, 2]);
        var source = Numbers.Random(1, 3, 2).to(ScalarType.Float32);
        var logits = tensor(new float[] { 3e4f, -3e4f, 2.9e4f }, 3, 1);
        Assert.Equal(Numbers.Flat(source[0]), Numbers.Flat(SegmentAttention.Apply(source, logits, zeros(1, 1), edges)));
        Assert.Equal(Numbers.Flat(source[0]), Numbers.Flat(SegmentAttentionComposed.Apply(source, logits, zeros(1, 1), edges)));
    }

    [Fact]
    public void Apply_TargetsWhoseLogitsLieFarApart_EachHasASoftmaxOfItsOwn()
    {
        using var scope = NewDisposeScope();
        var edges = new EdgeList(3, 4, [0, 1, 1, 4], [0, 1, 2, 3]);         // the one in the middle has no edge
        var source = tensor(new float[] { 1, 2, 3, 4, 5, 6, 7, 8 }, 4, 2);
        var logits = tensor(new float[] { -4000, 900, 900, -900 }, 4, 1);
        float[] expected = [1, 2, 0, 0, 4, 5];
        Assert.Equal(expected, Numbers.Flat(SegmentAttention.Apply(source, logits, zeros(3, 1), edges)).Select(value => (float)value));
        Assert.Equal(expected, Numbers.Flat(SegmentAttentionComposed.Apply(source, logits, zeros(3, 1), edges)).Select(value => (float)value));
        var attend = ones(1, 2) * 400;
        Numbers.AreClose(Numbers.Matrix(SegmentAttentionV2.Apply(-source * 10, zeros(3, 2), attend, edges)), SegmentAttentionV2Composed.Apply(-source * 10, zeros(3, 2), attend, edges), 1e-5);
        Assert.Equal([-10f, -20f, 0f, 0f, -30f, -40f], Numbers.Flat(SegmentAttentionV2Composed.Apply(-source * 10, zeros(3, 2), attend, edges)).Select(value => (float)value));
    }

    [Fact]
    public void Apply_RandomGraphs_EqualsDenseReference() => RandomGraphs.Gen.Sample(graph =>
    {
        using var scope = NewDisposeScope();
        var (source, sourceLogit, targetLogit) = Inputs(graph, 3);
        foreach (var edges in new[] { graph.ToEdgeList(), graph.WithHiddenEdges() })
        {
            var expected = Dense.Attention(Numbers.Matrix(source), Numbers.Matrix(sourceLogit), Numbers.Matrix(targetLogit), edges);
            Numbers.AreClose(expected, SegmentAttention.Apply(source, sourceLogit, targetLogit, edges), 1e-12);
            Numbers.AreClose(expected, SegmentAttention.Apply(source.@float(), sourceLogit.@float(), targetLogit.@float(), edges), 1e-5);
            Numbers.AreClose(expected, SegmentAttentionComposed.Apply(source, sourceLogit, targetLogit, edges), 1e-12);
        }
    }, iter: 100, threads: 1);

    [Fact]
    public void Backward_RandomGraphs_EqualsComposedPath() => RandomGraphs.Gen.Sample(graph =>
    {
        using var scope = NewDisposeScope();
        var (source, sourceLogit, targetLogit) = Inputs(graph, 2);
        var edges = graph.WithHiddenEdges();
        var upstream = Numbers.Random(graph.Seed + 3, graph.SourcesOf.Length, graph.Heads * graph.Channels);
        var fused = Numbers.Gradients(() => (SegmentAttention.Apply(source, sourceLogit, targetLogit, edges) * upstream).sum(), source, sourceLogit, targetLogit);
        var composed = Numbers.Gradients(() => (SegmentAttentionComposed.Apply(source, sourceLogit, targetLogit, edges) * upstream).sum(), source, sourceLogit, targetLogit);
        for (int i = 0; i < 3; i++) Numbers.AreClose(composed[i], fused[i], 1e-11);
    }, iter: 50, threads: 1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Backward_EveryInput_EqualsFiniteDifferences(bool hide)
    {
        using var scope = NewDisposeScope();
        var (source, sourceLogit, targetLogit) = Inputs(Mixed);
        var edges = hide ? Mixed.WithHiddenEdges() : Mixed.ToEdgeList();
        var upstream = Numbers.Random(99, 5, 10);
        Numbers.CheckGradients(() => (SegmentAttention.Apply(source, sourceLogit, targetLogit, edges) * upstream).square().sum(), source, sourceLogit, targetLogit);
    }

    [Fact]
    public void Apply_NonContiguousInputs_EqualsContiguous()
    {
        using var scope = NewDisposeScope();
        var (source, sourceLogit, targetLogit) = Inputs(Mixed);
        var edges = Mixed.ToEdgeList();
        var expected = SegmentAttention.Apply(source, sourceLogit, targetLogit, edges);
        var strided = SegmentAttention.Apply(source.t().contiguous().t(), sourceLogit.t().contiguous().t(), targetLogit.t().contiguous().t(), edges);
        Assert.Equal(Numbers.Flat(expected), Numbers.Flat(strided));
    }

    [Fact]
    public void ApplyAndBackward_OneOrTwoThreads_SameBits()
    {
        using var scope = NewDisposeScope();
        var random = new Random(5);
        var graph = new RandomGraph(500, [.. Enumerable.Range(0, 400).Select(_ => Enumerable.Range(0, random.Next(40)).Select(_ => random.Next(500)).ToArray())], [false], 2, 16, 3);
        var edges = graph.ToEdgeList();        // about 8,000 edges × 32: over the threshold for a second thread
        var inputs = Inputs(graph);
        Assert.Equal(Run(1), Run(2));

        int[] Run(int threads) => Threads.With<int[]>(threads, () =>
        {
            var (source, sourceLogit, targetLogit) = (Leaf(inputs.Source), Leaf(inputs.SourceLogit), Leaf(inputs.TargetLogit));
            var output = SegmentAttention.Apply(source, sourceLogit, targetLogit, edges);
            output.square().sum().backward();
            return (int[])[.. Numbers.Bits(output), .. Numbers.Bits(source.grad!), .. Numbers.Bits(sourceLogit.grad!), .. Numbers.Bits(targetLogit.grad!)];
        });

        static Tensor Leaf(Tensor values) => values.to(ScalarType.Float32).detach().requires_grad_();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Apply_WrongShape_ThrowsArgumentException(int wrong)
    {
        using var scope = NewDisposeScope();
        var edges = new EdgeList(2, 3, [0, 1, 2], [0, 2]);
        Tensor source = zeros(wrong == 0 ? 2 : 3, wrong == 3 ? 5 : 4), sourceLogit = wrong == 4 ? zeros(3) : zeros(wrong == 1 ? 4 : 3, 2), targetLogit = zeros(2, wrong == 2 ? 1 : 2);
        var error = Assert.Throws<ArgumentException>(() => SegmentAttention.Apply(source, sourceLogit, targetLogit, edges));
        Assert.StartsWith("Expected", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_MixedTypes_ThrowsArgumentException()
    {
        using var scope = NewDisposeScope();
        var edges = new EdgeList(2, 3, [0, 1, 2], [0, 2]);
        Assert.Throws<ArgumentException>(() => SegmentAttention.Apply(zeros(3, 4, dtype: ScalarType.Float64), zeros(3, 2), zeros(2, 2), edges));
        Assert.Throws<ArgumentException>(() => SegmentAttention.Apply(zeros(3, 4, dtype: ScalarType.Float16), zeros(3, 2, dtype: ScalarType.Float16), zeros(2, 2, dtype: ScalarType.Float16), edges));
    }

    /// <summary>The guard hides edges without leaving a trace: vector instructions treat rests differently, so this must hold for every length.</summary>
    [Fact]
    public void Apply_HiddenEdge_SameBitsAsWithoutTheEdge()
    {
        using var scope = NewDisposeScope();
        for (int degree = 1; degree <= 40; degree++)
            for (int hidden = 0; hidden < degree; hidden++)
            {
                var (source, sourceLogit, targetLogit) = (Numbers.Random(1, 40, 6).@float(), Numbers.Random(2, 40, 2).@float(), Numbers.Random(3, 1, 2).@float());
                int[] sources = [.. Enumerable.Range(0, degree)];
                var with = new EdgeList(1, 40, [0, degree], sources);
                with.Remove(0, hidden);
                var without = new EdgeList(1, 40, [0, degree - 1], [.. sources.Where(s => s != hidden)]);
                Assert.Equal(Numbers.Bits(SegmentAttention.Apply(source, sourceLogit, targetLogit, without)), Numbers.Bits(SegmentAttention.Apply(source, sourceLogit, targetLogit, with)));
            }
    }
}
