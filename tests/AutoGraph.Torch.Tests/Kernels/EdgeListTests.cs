using AutoGraph.Core.Graphs;
using AutoGraph.Torch.Kernels;
using CsCheck;
using Xunit;

namespace AutoGraph.Torch.Tests.Kernels;

public class EdgeListTests
{
    [Fact]
    public void Constructor_SmallGraph_TransposesByHand()
    {
        var edges = new EdgeList(3, 4, [0, 2, 2, 5], [3, 0, 0, 3, 1]);   // target 1 has no edges

        Assert.Equal([0, 2, 3, 3, 5], edges.SourceOffsets);
        Assert.Equal([1, 2, 4, 0, 3], edges.EdgeBySource);
        Assert.Equal([0, 2, 2, 0, 2], edges.TargetBySource);
        Assert.Equal(5, edges.EdgeCount);
        Assert.Null(edges.Removed);
    }

    [Fact]
    public void Constructor_RandomGraph_EachEdgeStandsOnceUnderItsSource() =>
        RandomGraphs.Gen.Sample(graph =>
        {
            var edges = graph.ToEdgeList();
            var targetOf = new int[edges.EdgeCount];
            for (int t = 0; t < edges.TargetCount; t++) targetOf.AsSpan(edges.Offsets[t]..edges.Offsets[t + 1]).Fill(t);
            Assert.Equal(Enumerable.Range(0, edges.EdgeCount), edges.EdgeBySource.Order());
            for (int s = 0; s < edges.SourceCount; s++)
                for (int i = edges.SourceOffsets[s]; i < edges.SourceOffsets[s + 1]; i++)
                {
                    Assert.Equal(s, edges.Sources[edges.EdgeBySource[i]]);
                    Assert.Equal(targetOf[edges.EdgeBySource[i]], edges.TargetBySource[i]);
                }
        }, iter: 200);

    [Fact]
    public void From_Csr_KeepsRowsAsTargets()
    {
        var edges = EdgeList.From(Adjacency.FromEdges(2, 3, [1, 0, 1], [2, 1, 0]));

        Assert.Equal((2, 3), (edges.TargetCount, edges.SourceCount));
        Assert.Equal([0, 1, 3], edges.Offsets);
        Assert.Equal([1, 0, 2], edges.Sources);
    }

    [Fact]
    public void Remove_ThenRestore_HidesThatEdgeOnly()
    {
        var edges = new EdgeList(2, 3, [0, 2, 4], [0, 2, 1, 2]);

        Assert.Equal(-1, edges.Remove(target: 0, source: 1));
        Assert.Null(edges.Removed);
        Assert.Equal(3, edges.Remove(target: 1, source: 2));
        Assert.Equal([false, false, false, true], edges.Removed!);
        Assert.Equal(3, edges.Remove(target: 1, source: 2));           // a pair twice in a batch
        edges.Restore([3, 3]);
        Assert.Equal([false, false, false, false], edges.Removed!);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    public void Constructor_SourceOutOfRange_ThrowsInManagedCode(int source) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new EdgeList(1, 3, [0, 1], [source]));

    [Fact]
    public void Constructor_OffsetsOfAnotherLength_SaysWhatItFound()
    {
        var error = Assert.Throws<ArgumentException>(() => new EdgeList(2, 3, [0, 1], [0]));
        Assert.Contains("2 targets", error.Message, StringComparison.Ordinal);
    }
}
