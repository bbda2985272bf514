using AutoGraph.Core.Evaluation;
using AutoGraph.Core.Interactions;
using AutoGraph.Managed.Tests.Interactions;
using Xunit;

namespace AutoGraph.Managed.Tests.Evaluation;

public sealed class HeldOutRowsTests
{
    // User 0's items by time, then row: 3 (t 1), 0 (t 5, row 0), 2 (t 5, row 2), 3 (t 9); user 1: item 1.
    private static readonly InteractionTable Table = Tables.Of(2, 4, (0, 0, 5), (1, 1, 7), (0, 2, 5), (0, 3, 9), (0, 3, 1));

    [Fact]
    public void ToQueries_HistoryIsEverythingEarlierByTimeThenRow()
    {
        var queries = HeldOutRows.ToQueries(Table, [3, 1, 2]);
        Assert.Equal(3, queries.Count);
        Assert.Equal([0, 1, 0], queries.Users.ToArray());
        Assert.Equal([3, 1, 2], queries.Targets.ToArray());
        Assert.Equal([3, 0, 2], queries.HistoryOf(0).ToArray());   // the validation row 2 belongs to the test row's history
        Assert.Empty(queries.HistoryOf(1).ToArray());
        Assert.Equal([3, 0], queries.HistoryOf(2).ToArray());      // row 0 has the same time and comes first
    }

    [Fact]
    public void ToQueries_LeaveOneOutTestRow_SeesAllOtherRowsOfItsUser()
    {
        var split = LeaveOneOut.Split(Table, minHistory: 1);
        var queries = HeldOutRows.ToQueries(Table, split.Test);
        Assert.Equal(1, queries.Count);
        Assert.Equal([3, 0, 2], queries.HistoryOf(0).ToArray());
    }

    [Fact]
    public void ToQueries_NoRows_IsEmpty() => Assert.Equal(0, HeldOutRows.ToQueries(Table, []).Count);

    [Theory]
    [InlineData(-1)]
    [InlineData(5)]
    public void ToQueries_RowOutsideTheTable_NamesIt(int row)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => HeldOutRows.ToQueries(Table, [0, row]));
        Assert.Contains($"found {row} at position 1", error.Message, StringComparison.Ordinal);
    }
}
