namespace AutoGraph.Core.Interactions;

/// <summary>Rows of a table divided for training, early stopping and testing.</summary>
/// <param name="Train">Training rows in table order, those too early to be samples included.</param>
/// <param name="Validation">By user position, a user's rows oldest first; leave-one-out gives a user at most one.</param>
/// <param name="Test">By user position, a user's rows oldest first; leave-one-out gives a user at most one.</param>
/// <param name="Samples">Number of samples: rows with at least <c>minHistory</c> earlier rows of their user.</param>
public sealed record DataSplit(IReadOnlyList<int> Train, IReadOnlyList<int> Validation, IReadOnlyList<int> Test, int Samples)
{
    /// <summary>Samples left for training: <see cref="Samples"/> less validation and test rows.</summary>
    public int TrainSamples => Samples - Validation.Count - Test.Count;
}

/// <summary>The paper's split (App. B): per user the last sample tests, the second last validates, the rest trains.</summary>
/// <remarks>
/// A sample is a row with at least <c>minHistory</c> earlier rows of its user. One row never serves two splits:
/// a user with a single sample has a test row and no validation row.
/// </remarks>
public static class LeaveOneOut
{
    /// <summary>Default of <c>minHistory</c>: earlier positives that make a row a sample (the authors' value).</summary>
    public const int DefaultMinHistory = 5;

    /// <summary>Splits a table.</summary>
    /// <param name="table">Positive interactions.</param>
    /// <param name="minHistory">Earlier positives that make a row a sample, at least 1.</param>
    public static DataSplit Split(InteractionTable table, int minHistory = DefaultMinHistory)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(minHistory, 1);
        var histories = new UserHistories(table);
        var held = new bool[table.Count];
        var (validation, test) = (new List<int>(), new List<int>());
        int samples = 0;
        for (int user = 0; user < histories.UserCount; user++)
        {
            var rows = histories.RowsOf(user);
            int own = Math.Max(0, rows.Length - minHistory);
            samples += own;
            if (own >= 1) { test.Add(rows[^1]); held[rows[^1]] = true; }
            if (own >= 2) { validation.Add(rows[^2]); held[rows[^2]] = true; }
        }
        var train = new List<int>(table.Count - test.Count - validation.Count);
        for (int row = 0; row < held.Length; row++)
            if (!held[row]) train.Add(row);
        return new DataSplit(train, validation, test, samples);
    }
}
