using AutoGraph.Core.Interactions;
using CsCheck;
using Xunit;

namespace AutoGraph.Managed.Tests.Interactions;

public sealed class GlobalTimeSplitTests
{
    // User 0: times 1 2 5 7 9; user 1: 3 6 (row order reversed) 8; user 2 begins late: 7 9.
    private static readonly InteractionTable Table = Tables.Of(3, 10,
        (0, 0, 1), (0, 1, 2), (1, 2, 6), (1, 3, 3), (0, 4, 5), (0, 5, 7), (1, 6, 8), (2, 7, 7), (0, 8, 9), (2, 9, 9));

    [Fact]
    public void AtTimes_HandComputed()
    {
        var split = GlobalTimeSplit.AtTimes(Table, validationFrom: 6, testFrom: 8, minHistory: 1);
        Assert.Equal([0, 1, 3, 4], split.Train);      // times 1 2 3 5
        Assert.Equal([5, 2], split.Validation);       // user 0 at 7, user 1 at 6; user 2's first row (7) is no sample and no split has it
        Assert.Equal([8, 6, 9], split.Test);          // user 0 at 9, user 1 at 8, user 2 at 9
        Assert.Equal(7, split.Samples);               // 4 + 2 + 1
        Assert.Equal(2, split.TrainSamples);
    }

    [Fact]
    public void AtTimes_LongerMinHistory_DropsLaterRowsThatAreNoSamples()
    {
        var split = GlobalTimeSplit.AtTimes(Table, 6, 8, minHistory: 3);
        Assert.Equal([0, 1, 3, 4], split.Train);
        Assert.Equal([5], split.Validation);
        Assert.Equal([8], split.Test);
        Assert.Equal(2, split.Samples);
    }

    [Fact]
    public void AtTimes_SeveralRowsOfOneUser_AreOldestFirst()
    {
        var table = Tables.Of(1, 4, (0, 0, 1), (0, 1, 9), (0, 2, 7), (0, 3, 8));
        Assert.Equal([2, 3, 1], GlobalTimeSplit.AtTimes(table, 2, 2, minHistory: 1).Test);
    }

    [Fact]
    public void AtQuantiles_CutsAtTheTimeOfTheQuantileRow()
    {
        // Times in order: 1 2 3 5 6 7 7 8 9 9; ⌊0.4·10⌋ = 4 → 6, ⌊0.7·10⌋ = 7 → 8.
        Assert.Equal(6, GlobalTimeSplit.CutTime(Table, 0.4));
        Assert.Equal(8, GlobalTimeSplit.CutTime(Table, 0.7));
        var (expected, split) = (GlobalTimeSplit.AtTimes(Table, 6, 8, 1), GlobalTimeSplit.AtQuantiles(Table, 0.4, 0.7, 1));
        Assert.Equal(expected.Train, split.Train);
        Assert.Equal(expected.Validation, split.Validation);
        Assert.Equal(expected.Test, split.Test);
    }

    [Fact]
    public void AtQuantiles_EqualQuantiles_LeaveNoValidation() => Assert.Empty(GlobalTimeSplit.AtQuantiles(Table, 0.5, 0.5, 1).Validation);

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(0.6, 0.5)]
    [InlineData(0.5, 1)]
    [InlineData(double.NaN, 0.5)]
    public void AtQuantiles_OutOfRange_Throws(double validationFrom, double testFrom) =>
        Assert.Throws<ArgumentException>(() => GlobalTimeSplit.AtQuantiles(Table, validationFrom, testFrom));

    [Fact]
    public void AtQuantiles_OneTimeForAll_SaysSo()
    {
        var error = Assert.Throws<ArgumentException>(() => GlobalTimeSplit.AtQuantiles(Tables.Of(1, 2, (0, 0, 5), (0, 1, 5)), 0.5, 0.9));
        Assert.Contains("found 5 at both quantiles", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AtTimes_NoTrainingRowsOrCutsReversed_Throws()
    {
        Assert.Throws<ArgumentException>(() => GlobalTimeSplit.AtTimes(Table, 1, 8));
        Assert.Throws<ArgumentException>(() => GlobalTimeSplit.AtTimes(Table, 8, 6));
        Assert.Throws<ArgumentException>(() => GlobalTimeSplit.AtQuantiles(Tables.Of(1, 1)));
    }

    [Fact]
    public void AnyTable_TrainingIsEarlierThanValidationIsEarlierThanTest() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 6], Gen.Long[1, 40]).Array[1, 60].Sample(rows =>
        {
            var split = GlobalTimeSplit.AtTimes(Tables.Of(5, 7, [.. rows, (0, 0, 0)]), 20, 30, minHistory: 2);
            Assert.All(split.Train, row => Assert.True(row == rows.Length || rows[row].Item3 < 20));
            Assert.All(split.Validation, row => Assert.InRange(rows[row].Item3, 20, 29));
            Assert.All(split.Test, row => Assert.True(rows[row].Item3 >= 30));
            int[] used = [.. split.Train, .. split.Validation, .. split.Test];
            Assert.Equal(used.Length, used.Distinct().Count());
        });
}
