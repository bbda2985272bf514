namespace AutoGraph.Core.Interactions;

/// <summary>Splits by two moments that hold for all users, so nothing that trains is later than anything that validates or tests.</summary>
/// <remarks>
/// Stands beside <see cref="LeaveOneOut"/>, which trains on other users' later interactions.
/// <list type="bullet">
/// <item>Training: every row before <c>validationFrom</c>, those too early to be samples included.</item>
/// <item>Validation: samples with <c>validationFrom</c> ≤ time &lt; <c>testFrom</c>. Test: samples with time ≥ <c>testFrom</c>.
/// A user may have any number of both.</item>
/// <item>A sample is, as there, a row with at least <c>minHistory</c> earlier rows of its user in the whole table (time, then row).</item>
/// <item>A later row that is no sample serves no split; it is part of the history of the rows after it.</item>
/// </list>
/// Rows of one moment always fall on one side of a cut. Users and items that begin after the cut have held-out rows but no training rows.
/// </remarks>
public static class GlobalTimeSplit
{
    /// <summary>Splits at quantiles of the times of all rows.</summary>
    /// <param name="table">Positive interactions.</param>
    /// <param name="validationFrom">Part of the rows before the first cut, above 0 and below 1.</param>
    /// <param name="testFrom">Part of the rows before the second cut, at least <paramref name="validationFrom"/> (equal: no validation rows) and below 1.</param>
    /// <param name="minHistory">Earlier positives that make a row a sample, at least 1.</param>
    /// <exception cref="ArgumentException">Too many rows share one time for these quantiles: a split would be empty.</exception>
    public static DataSplit AtQuantiles(InteractionTable table, double validationFrom = 0.8, double testFrom = 0.9, int minHistory = LeaveOneOut.DefaultMinHistory)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (!(validationFrom > 0 && validationFrom <= testFrom && testFrom < 1))
            throw new ArgumentException($"Expected 0 < validationFrom ≤ testFrom < 1, found {validationFrom} and {testFrom}.");
        if (table.Count == 0) throw new ArgumentException("Expected interactions to split, found none.", nameof(table));
        var (first, second) = (CutTime(table, validationFrom), CutTime(table, testFrom));
        if (validationFrom < testFrom && first == second)
            throw new ArgumentException($"Expected two different cut times, found {first} at both quantiles ({validationFrom} and {testFrom}): too many rows share it. Move the quantiles apart.");
        return AtTimes(table, first, second, minHistory);
    }

    /// <summary>Splits at given times.</summary>
    /// <param name="table">Positive interactions.</param>
    /// <param name="validationFrom">First moment of validation, in the table's unit of time.</param>
    /// <param name="testFrom">First moment of testing, at least <paramref name="validationFrom"/>.</param>
    /// <param name="minHistory">Earlier positives that make a row a sample, at least 1.</param>
    /// <exception cref="ArgumentException">The cuts are in the wrong order, or no row is earlier than the first.</exception>
    public static DataSplit AtTimes(InteractionTable table, long validationFrom, long testFrom, int minHistory = LeaveOneOut.DefaultMinHistory)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentOutOfRangeException.ThrowIfLessThan(minHistory, 1);
        if (testFrom < validationFrom)
            throw new ArgumentException($"Expected testFrom at or after validationFrom, found {testFrom} and {validationFrom}.");

        var train = new List<int>(table.Count);
        for (int row = 0; row < table.Count; row++)
            if (table.TimeOf[row] < validationFrom) train.Add(row);
        if (train.Count == 0)
            throw new ArgumentException($"Expected training rows before time {validationFrom}, found none. Choose a later cut.");

        var histories = new UserHistories(table);
        var (validation, test) = (new List<int>(), new List<int>());
        int samples = 0;
        for (int user = 0; user < histories.UserCount; user++)
        {
            var rows = histories.RowsOf(user);
            for (int i = minHistory; i < rows.Length; i++)
            {
                long time = table.TimeOf[rows[i]];
                samples++;
                if (time >= testFrom) test.Add(rows[i]);
                else if (time >= validationFrom) validation.Add(rows[i]);
            }
        }
        return new DataSplit(train, validation, test, samples);
    }

    /// <summary>The time of the row at position ⌊quantile · rows⌋ when rows are ordered by time: about that part of the rows is earlier.</summary>
    /// <param name="table">Interactions, at least one.</param>
    /// <param name="quantile">From 0 to below 1.</param>
    public static long CutTime(InteractionTable table, double quantile)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (!(quantile is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(quantile), quantile, "Expected a quantile from 0 to below 1.");
        if (table.Count == 0) throw new ArgumentException("Expected interactions, found none.", nameof(table));
        var times = table.TimeOf.ToArray();
        Array.Sort(times);
        return times[(int)(quantile * times.Length)];
    }
}
