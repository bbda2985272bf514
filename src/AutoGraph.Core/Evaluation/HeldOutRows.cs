using AutoGraph.Core.Interactions;

namespace AutoGraph.Core.Evaluation;

/// <summary>Turns held-out rows of a table into ranking queries.</summary>
public static class HeldOutRows
{
    /// <summary>
    /// One query per row, in the order given: its user, its item as the target, and as history everything of that user
    /// that is earlier in the whole table (by time, ties by row): training rows and held-out rows alike (paper App. B).
    /// </summary>
    /// <param name="all">The table that was split.</param>
    /// <param name="rows">Rows of <paramref name="all"/>, for example <see cref="DataSplit.Test"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A row is not in the table.</exception>
    public static RankingQueries ToQueries(InteractionTable all, IReadOnlyList<int> rows)
    {
        ArgumentNullException.ThrowIfNull(all);
        ArgumentNullException.ThrowIfNull(rows);
        var histories = new UserHistories(all);
        var earlier = EarlierRows(all, histories);
        var (users, targets, offsets) = (new int[rows.Count], new int[rows.Count], new int[rows.Count + 1]);
        for (int query = 0; query < rows.Count; query++)
        {
            int row = rows[query];
            if ((uint)row >= (uint)all.Count)
                throw new ArgumentOutOfRangeException(nameof(rows), row, $"Expected rows from 0 to {all.Count - 1}, found {row} at position {query}. Split the table that the rows refer to.");
            (users[query], targets[query]) = (all.UserOf[row], all.ItemOf[row]);
            offsets[query + 1] = checked(offsets[query] + earlier[row]);
        }
        var history = new int[offsets[^1]];
        for (int query = 0; query < rows.Count; query++)
            histories.ItemsOf(users[query])[..earlier[rows[query]]].CopyTo(history.AsSpan(offsets[query]));
        return new RankingQueries(users, targets, offsets, history) { Identity = QueryIdentity.Of([.. rows.Select(row => (all.Users[all.UserOf[row]], all.Items[all.ItemOf[row]]))], all.Items) };
    }

    /// <summary>For each row the number of its user's earlier rows, which is its place in the user's history.</summary>
    private static int[] EarlierRows(InteractionTable all, UserHistories histories)
    {
        var earlier = new int[all.Count];
        for (int user = 0; user < histories.UserCount; user++)
        {
            var own = histories.RowsOf(user);
            for (int i = 0; i < own.Length; i++) earlier[own[i]] = i;
        }
        return earlier;
    }
}
