using AutoGraph.Core.Evaluation;
using AutoGraph.Core.Interactions;
using AutoGraph.Core.Randomness;

namespace AutoGraph.Experiments;

/// <summary>
/// The cold regime (paper §4.1.2): a seeded part of the items has no rows at all in training, validation and test, no histories
/// and no part as negatives; it joins the catalogue afterwards by content alone. Of each user the latest row of a cold item with enough earlier
/// rows of other items tests whether it is found. The choice is the same for every seed of a run, so that runs compare.
/// </summary>
/// <param name="Items">The cold items, ascending.</param>
/// <param name="Warm">The rows of all other items.</param>
/// <param name="Queries">One per user who has such a row; the history is what the user did before it, cold items left out.</param>
internal sealed record ColdItems(int[] Items, InteractionTable Warm, RankingQueries Queries)
{
    /// <param name="all">All positives.</param>
    /// <param name="part">Part of the items, 0 to 1.</param>
    /// <param name="minHistory">Earlier rows of other items that a test row needs.</param>
    public static ColdItems Choose(InteractionTable all, double part, int minHistory)
    {
        int[] order = [.. Enumerable.Range(0, all.Items.Count)];
        var random = RandomStream.For(0, "cold items");
        random.Shuffle(order);
        int[] cold = [.. order.Take((int)Math.Round(part * order.Length)).Order()];
        if (cold.Length == 0) throw new ArgumentException($"--cold-items: expected a part that makes at least one of {order.Length} items cold, found {part}.");
        var isCold = new bool[order.Length];
        foreach (int item in cold) isCold[item] = true;

        var histories = new UserHistories(all);
        var tests = new List<int>();
        for (int user = 0; user < histories.UserCount; user++)
        {
            int warm = 0, test = -1;
            foreach (int row in histories.RowsOf(user))
            {
                if (!isCold[all.ItemOf[row]]) warm++;
                else if (warm >= minHistory) test = row;
            }
            if (test >= 0) tests.Add(test);
        }
        if (tests.Count == 0) throw new ArgumentException($"--cold-items: expected rows of cold items with {minHistory} earlier rows of their user, found none. Lower --min-history.");
        int[] warmRows = [.. Enumerable.Range(0, all.Count).Where(row => !isCold[all.ItemOf[row]])];
        int[] kept = [.. warmRows.Concat(tests).Order()];    // a user's one cold row finds none but warm ones before it
        var placeOf = kept.Index().ToDictionary(row => row.Item, row => row.Index);
        return new(cold, all.Select(warmRows), HeldOutRows.ToQueries(all.Select(kept), [.. tests.Select(row => placeOf[row])]));
    }
}
