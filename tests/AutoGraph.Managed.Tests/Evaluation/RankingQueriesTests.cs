using AutoGraph.Core.Evaluation;
using Xunit;

namespace AutoGraph.Managed.Tests.Evaluation;

public sealed class RankingQueriesTests
{
    [Fact]
    public void HistoryOf_EachQuery_IsItsPart()
    {
        var queries = new RankingQueries([4, -1], [7, 8], [0, 0, 2], [5, 6]);
        Assert.Equal(2, queries.Count);
        Assert.Equal([4, -1], queries.Users);
        Assert.Equal([7, 8], queries.Targets);
        Assert.Empty(queries.HistoryOf(0).ToArray());
        Assert.Equal([5, 6], queries.HistoryOf(1));
    }

    [Theory]
    [InlineData(1, 2, "0 2", 2)]         // a target too many
    [InlineData(2, 2, "0 2", 2)]         // an offset too few
    [InlineData(1, 1, "0 1", 2)]         // a history item that belongs to nobody
    public void Constructor_ColumnsThatDisagree_SaysWhatItFound(int users, int targets, string offsets, int history)
    {
        var error = Assert.Throws<ArgumentException>(() => new RankingQueries(new int[users], new int[targets], Numbers(offsets), new int[history]));
        Assert.Contains($"found {users} users, {targets} targets, {Numbers(offsets).Length} offsets and {history} history items", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1 1 2")]
    [InlineData("0 2 1 2")]
    public void Constructor_OffsetsThatDoNotAscendFromZero_Throws(string offsets)
    {
        int queries = Numbers(offsets).Length - 1;
        Assert.Contains("ascend from 0", Assert.Throws<ArgumentException>(() => new RankingQueries(new int[queries], new int[queries], Numbers(offsets), new int[2])).Message, StringComparison.Ordinal);
    }

    private static int[] Numbers(string text) => [.. text.Split(' ').Select(int.Parse)];
}
