using AutoGraph.Core.Graphs;
using CsCheck;
using Xunit;

namespace AutoGraph.Managed.Tests.Graphs;

public sealed class CsrTests
{
    [Fact]
    public void FromEdges_SortsAndMergesNeighbours()
    {
        var csr = Csr.FromEdges(4, 3, [2, 0, 2, 0, 2], [1, 2, 0, 2, 1]);
        Assert.Equal((4, 3, 3), (csr.RowCount, csr.ColumnCount, csr.EdgeCount));
        Assert.Equal([0, 1, 1, 3, 3], csr.Offsets.ToArray());
        Assert.Equal([2, 0, 1], csr.Columns.ToArray());
        Assert.Equal([0, 1], csr.Neighbors(2).ToArray());
        Assert.Empty(csr.Neighbors(1).ToArray());
        Assert.Equal(2, csr.Degree(2));
        Assert.Equal(0, csr.Degree(3));
    }

    [Fact]
    public void Transpose_HandComputed()
    {
        var turned = Csr.FromEdges(3, 2, [0, 0, 2], [0, 1, 1]).Transpose();
        Assert.Equal((2, 3), (turned.RowCount, turned.ColumnCount));
        Assert.Equal([0], turned.Neighbors(0).ToArray());
        Assert.Equal([0, 2], turned.Neighbors(1).ToArray());
    }

    [Fact]
    public void FromEdges_NoEdges_IsEmptyOnBothSides()
    {
        var csr = Csr.FromEdges(2, 0, [], []);
        Assert.Equal(0, csr.EdgeCount);
        Assert.Equal((0, 2), (csr.Transpose().RowCount, csr.Transpose().ColumnCount));
    }

    [Theory]
    [InlineData(-1, 0, "row nodes from 0 to 1, found -1 in edge 1")]
    [InlineData(2, 0, "row nodes from 0 to 1, found 2 in edge 1")]
    [InlineData(0, -1, "column nodes from 0 to 2, found -1 in edge 1")]
    [InlineData(0, 3, "column nodes from 0 to 2, found 3 in edge 1")]
    public void FromEdges_NodeOutOfRange_NamesTheEdge(int row, int column, string expected)
    {
        var error = Assert.Throws<ArgumentException>(() => Csr.FromEdges(2, 3, [0, row], [0, column]));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromEdges_ListsOfDifferentLength_Throw() => Assert.Throws<ArgumentException>(() => Csr.FromEdges(2, 2, [0], [0, 1]));

    [Fact]
    public void AnyEdges_AreTheSetOfPairsAndTransposingTwiceRestores() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 7]).Array[0, 50].Sample(edges =>
        {
            var csr = Csr.FromEdges(6, 8, [.. edges.Select(e => e.Item1)], [.. edges.Select(e => e.Item2)]);
            Assert.Equal(edges.Distinct().Order(), Pairs(csr));
            Assert.Equal(edges.Select(e => (e.Item2, e.Item1)).Distinct().Order(), Pairs(csr.Transpose()));
            Assert.Equal(Pairs(csr), Pairs(csr.Transpose().Transpose()));
        });

    private static List<(int, int)> Pairs(Csr csr)
    {
        var pairs = new List<(int, int)>();
        for (int row = 0; row < csr.RowCount; row++)
            foreach (int column in csr.Neighbors(row)) pairs.Add((row, column));
        return pairs;
    }
}
