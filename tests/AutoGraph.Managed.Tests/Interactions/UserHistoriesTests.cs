using AutoGraph.Core.Interactions;
using CsCheck;
using Xunit;

namespace AutoGraph.Managed.Tests.Interactions;

public sealed class UserHistoriesTests
{
    [Fact]
    public void Rows_AreByTimeThenRow()
    {
        //             row 0        1          2         3          4          5
        var table = Tables.Of(3, 5, (0, 0, 30), (2, 1, 5), (0, 2, 10), (0, 3, 30), (2, 4, -7), (0, 4, 10));
        var histories = new UserHistories(table);
        Assert.Equal(3, histories.UserCount);
        Assert.Equal(5, histories.ItemCount);
        Assert.Equal(6, histories.Count);
        Assert.Equal([2, 5, 0, 3], histories.RowsOf(0).ToArray());
        Assert.Equal([2, 4, 0, 3], histories.ItemsOf(0).ToArray());
        Assert.Empty(histories.RowsOf(1).ToArray());
        Assert.Equal([4, 1], histories.RowsOf(2).ToArray());
    }

    [Fact]
    public void EmptyTable_HasEmptyHistories()
    {
        var histories = new UserHistories(Tables.Of(2, 1));
        Assert.Equal(0, histories.Count);
        Assert.Empty(histories.ItemsOf(1).ToArray());
    }

    [Fact]
    public void AnyTable_IsPartitionedInStableTimeOrder() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 6], Gen.Long[0, 5]).Array[0, 60].Sample(rows =>
        {
            var histories = new UserHistories(Tables.Of(5, 7, rows));
            for (int user = 0; user < 5; user++)
            {
                // LINQ's stable sort is the reference: by time, ties by row.
                int[] expected = [.. Enumerable.Range(0, rows.Length).Where(row => rows[row].Item1 == user).OrderBy(row => rows[row].Item3)];
                Assert.Equal(expected, histories.RowsOf(user).ToArray());
                Assert.Equal(expected.Select(row => rows[row].Item2), histories.ItemsOf(user).ToArray());
            }
        });
}
