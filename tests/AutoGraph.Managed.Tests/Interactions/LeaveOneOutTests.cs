using AutoGraph.Core.Interactions;
using CsCheck;
using Xunit;

namespace AutoGraph.Managed.Tests.Interactions;

public sealed class LeaveOneOutTests
{
    [Fact]
    public void Split_HandComputed()
    {
        // minHistory 2. User 0 has 4 rows (two samples), user 1 has 3 (one sample: test only), user 2 has 2 (none).
        var table = Tables.Of(3, 9,
            (0, 0, 40), (1, 1, 1), (0, 2, 10), (2, 3, 9), (1, 4, 1), (0, 5, 20), (2, 6, 8), (1, 7, 0), (0, 8, 30));
        var split = LeaveOneOut.Split(table, minHistory: 2);
        Assert.Equal([0, 4], split.Test);         // user 0 at time 40; user 1: rows 7, 1, 4 in time order
        Assert.Equal([8], split.Validation);      // user 0 at time 30
        Assert.Equal([1, 2, 3, 5, 6, 7], split.Train);
        Assert.Equal(3, split.Samples);
        Assert.Equal(0, split.TrainSamples);
    }

    [Fact]
    public void MinHistoryBelowOne_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => LeaveOneOut.Split(Tables.Of(1, 1), 0));

    [Fact]
    public void AnyTable_RowsServeOneSplitAndHeldOutRowsAreTheLatest() =>
        Gen.Select(Gen.Select(Gen.Int[0, 4], Gen.Int[0, 6], Gen.Long[0, 9]).Array[0, 60], Gen.Int[1, 6]).Sample((rows, minHistory) =>
        {
            var split = LeaveOneOut.Split(Tables.Of(5, 7, rows), minHistory);
            Assert.Equal(Enumerable.Range(0, rows.Length), split.Train.Concat(split.Validation).Concat(split.Test).Order());
            Assert.Equal(rows.GroupBy(row => row.Item1).Sum(own => Math.Max(0, own.Count() - minHistory)), split.Samples);
            foreach (int test in split.Test)
            {
                int user = rows[test].Item1;
                Assert.All(Enumerable.Range(0, rows.Length).Where(row => rows[row].Item1 == user && row != test),
                    row => Assert.True((rows[row].Item3, row).CompareTo((rows[test].Item3, test)) < 0));
            }
        });
}
