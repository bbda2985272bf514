using AutoGraph.Core.Graphs;
using CsCheck;
using Xunit;

namespace AutoGraph.Managed.Tests.Graphs;

public sealed class AdjacencyTests
{
    [Fact]
    public void FromEdges_SortsAndMergesNeighbours()
    {
        var edges = Adjacency.FromEdges(4, 3, [2, 0, 2, 0, 2], [1, 2, 0, 2, 1]);
        Assert.Equal((4, 3, 3), (edges.RowCount, edges.ColumnCount, edges.EdgeCount));
        Assert.Equal([0, 1, 1, 3, 3], edges.Offsets.ToArray());
        Assert.Equal([2, 0, 1], edges.Columns.ToArray());
        Assert.Equal([0, 1], edges.Neighbors(2).ToArray());
        Assert.Empty(edges.Neighbors(1).ToArray());
        Assert.Equal(2, edges.Degree(2));
        Assert.Equal(0, edges.Degree(3));
    }

    [Fact]
    public void Transpose_HandComputed()
    {
        var turned = Adjacency.FromEdges(3, 2, [0, 0, 2], [0, 1, 1]).Transpose();
        Assert.Equal((2, 3), (turned.RowCount, turned.ColumnCount));
        Assert.Equal([0], turned.Neighbors(0).ToArray());
        Assert.Equal([0, 2], turned.Neighbors(1).ToArray());
    }

    [Fact]
    public void FromEdges_NoEdges_IsEmptyOnBothSides()
    {
        var edges = Adjacency.FromEdges(2, 0, [], []);
        Assert.Equal(0, edges.EdgeCount);
        Assert.Equal((0, 2), (edges.Transpose().RowCount, edges.Transpose().ColumnCount));
    }

    [Theory]
    [InlineData(-1, 0, "row nodes from 0 to 1, found -1 in edge 1")]
    [InlineData(2, 0, "row nodes from 0 to 1, found 2 in edge 1")]
    [InlineData(0, -1, "column nodes from 0 to 2, found -1 in edge 1")]
    [InlineData(0, 3, "column nodes from 0 to 2, found 3 in edge 1")]
    public void FromEdges_NodeOutOfRange_NamesTheEdge(int row, int column, string expected)
    {
        var error = Assert.Throws<ArgumentException>(() => Adjacency.FromEdges(2, 3, [0, row], [0, column]));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromEdges_ListsOfDifferentLength_Throw() => Assert.Throws<ArgumentException>(() => Adjacency.FromEdges(2, 2, [0], [0, 1]));

    [Fact]
    public void AnyEdges_AreTheSetOfPairsAndTransposingTwiceRestores() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 7]).Array[0, 50].Sample(edges =>
        {
            var adjacency = Adjacency.FromEdges(6, 8, [.. edges.Select(e => e.Item1)], [.. edges.Select(e => e.Item2)]);
            Assert.Equal(edges.Distinct().Order(), Pairs(adjacency));
            Assert.Equal(edges.Select(e => (e.Item2, e.Item1)).Distinct().Order(), Pairs(adjacency.Transpose()));
            Assert.Equal(Pairs(adjacency), Pairs(adjacency.Transpose().Transpose()));
        });

    private static List<(int, int)> Pairs(Adjacency edges)
    {
        var pairs = new List<(int, int)>();
        for (int row = 0; row < edges.RowCount; row++)
            foreach (int column in edges.Neighbors(row)) pairs.Add((row, column));
        return pairs;
    }
}
