using AutoGraph.Torch.Kernels;
using CsCheck;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Kernels;

[Collection(nameof(Sequential))]
public class SegmentMeanTests
{
    [Fact]
    public void Apply_RepeatedAndEmpty_EqualsHandComputed()
    {
        using var scope = NewDisposeScope();
        var edges = new EdgeList(3, 2, [0, 3, 3, 4], [0, 1, 1, 0]);
        var output = SegmentMean.Apply(tensor(new double[] { 3, 6, 9, -3 }, 2, 2), edges);
        Numbers.AreClose([7, 0, 0, 0, 3, 6], Numbers.Flat(output), 1e-14);
    }

    [Fact]
    public void Apply_RandomGraphs_EqualsDenseReference() => RandomGraphs.Gen.Sample(graph =>
    {
        using var scope = NewDisposeScope();
        var edges = graph.ToEdgeList();
        var table = Numbers.Random(graph.Seed, graph.SourceCount, graph.Channels);
        var expected = Dense.Mean(Numbers.Matrix(table), edges);
        Numbers.AreClose(expected, SegmentMean.Apply(table, edges), 1e-13);
        Numbers.AreClose(expected, SegmentMean.Apply(table.@float(), edges), 1e-6);
    }, iter: 100, threads: 1);

    [Fact]
    public void Backward_RandomGraphs_EqualsFiniteDifferences() => RandomGraphs.Gen.Sample(graph =>
    {
        using var scope = NewDisposeScope();
        var edges = graph.ToEdgeList();
        var table = Numbers.Random(graph.Seed, graph.SourceCount, graph.Channels);
        var upstream = Numbers.Random(graph.Seed + 1, graph.SourcesOf.Length, graph.Channels);
        Numbers.CheckGradients(() => (SegmentMean.Apply(table, edges) * upstream).square().sum(), table);
    }, iter: 10, threads: 1);

    [Fact]
    public void Rows_Lookup_CopiesRowsExactly()
    {
        using var scope = NewDisposeScope();
        var table = Numbers.Random(1, 4, 3).@float();
        var picked = SegmentMean.Apply(table, EdgeList.Rows([3, 0, 3], 4));
        Assert.Equal(Numbers.Bits(table.index_select(0, tensor(new long[] { 3, 0, 3 }))), Numbers.Bits(picked));
    }

    [Fact]
    public void ApplyAndBackward_OneOrTwoThreads_SameBits()
    {
        using var scope = NewDisposeScope();
        var random = new Random(5);
        var graph = new RandomGraph(300, [.. Enumerable.Range(0, 400).Select(_ => Enumerable.Range(0, random.Next(40)).Select(_ => random.Next(300)).ToArray())], [false], 1, 33, 3);
        var edges = graph.ToEdgeList();
        Assert.Equal(Run(1), Run(2));

        int[] Run(int threads) => Threads.With<int[]>(threads, () =>
        {
            var table = Numbers.Random(1, 300, 33).@float().detach().requires_grad_();
            var output = SegmentMean.Apply(table, edges);
            output.square().sum().backward();
            return [.. Numbers.Bits(output), .. Numbers.Bits(table.grad!)];
        });
    }

    [Fact]
    public void Apply_WrongShape_ThrowsArgumentException()
    {
        using var scope = NewDisposeScope();
        var edges = new EdgeList(1, 3, [0, 1], [0]);
        Assert.Throws<ArgumentException>(() => SegmentMean.Apply(zeros(2, 4), edges));
        Assert.Throws<ArgumentException>(() => SegmentMean.Apply(zeros(3), edges));
        Assert.Throws<ArgumentException>(() => SegmentMean.Apply(zeros(3, 4, dtype: ScalarType.Int64), edges));
    }
}
