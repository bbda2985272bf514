using AutoGraph.Core.Interactions;
using AutoGraph.Datasets;
using AutoGraph.Experiments;
using Xunit;

namespace AutoGraph.Torch.Tests.Experiments;

/// <summary>The cold regime: items that no training, validation or test row and no history knows.</summary>
public sealed class ColdItemsTests
{
    private const int MinHistory = 2;

    private static readonly RunOptions World = new()
    {
        Dataset = DataSets.Simulated, ColdItems = 0.2, MinHistory = 3, Display = new LineDisplay(TextWriter.Null), World = new SampleWorldOptions { Readers = 80, Books = 60 },
    };

    [Fact]
    public void Choose_HandMadeTable_FindsTheLatestEligibleRowOfEachUser()
    {
        // which two of the five items are cold is drawn, whatever the rows: c and d; the others are 0, 1, 2 of w
        int[] cold = ColdItems.Choose(Table(Enumerable.Range(0, 5).SelectMany(item => ((int, int, long)[])[(item, (item + 1) % 5, 1), (item, (item + 2) % 5, 2), (item, item, 3), (item, (item + 3) % 5, 4), (item, (item + 4) % 5, 5)])), 0.4, 1).Items;
        Assert.Equal(2, cold.Length);
        Assert.Equal(cold.Order(), cold);
        int[] w = [.. Enumerable.Range(0, 5).Except(cold)];
        var (c, d) = (cold[0], cold[1]);
        (int User, int Item, long Time)[] rows =
        [
            (0, w[0], 10), (0, d, 50), (0, w[1], 20), (0, c, 30), (0, w[2], 40), (0, w[0], 60),     // by time: w0 w1 c w2 d w0
            (1, c, 10), (1, w[0], 20), (1, w[1], 30),                                               // nothing before its cold row
            (2, c, 40), (2, w[1], 20), (2, w[0], 10), (2, d, 30),                                   // w0 w1 d c
            (3, c, 1), (3, d, 2),                                                                   // cold items alone
            (4, w[2], 1), (4, d, 2), (4, w[1], 3),                                                  // one warm row before it, two are asked for
            (5, w[2], 1), (5, d, 2), (5, w[1], 3), (5, d, 4), (5, w[0], 5), (5, w[1], 6),           // the second d
        ];
        var all = Table(rows);
        var found = ColdItems.Choose(all, 0.4, MinHistory);
        Assert.Equal(cold, found.Items);
        Assert.Equal(Rows(all).Where(row => !cold.Contains(row.Item)), Rows(found.Warm));
        Assert.Equal([.. rows.Where(row => !cold.Contains(row.Item))], Rows(found.Warm));
        Assert.Equal([(0, d, $"{w[0]} {w[1]} {w[2]}"), (2, c, $"{w[0]} {w[1]}"), (5, d, $"{w[2]} {w[1]}")],
            Enumerable.Range(0, found.Queries.Count).Select(query => (found.Queries.Users[query], found.Queries.Targets[query], string.Join(' ', found.Queries.HistoryOf(query).ToArray()))));
    }

    [Fact]
    public void Load_ColdItems_ReachNoSplitAndNoHistory()
    {
        var data = ExperimentData.Load(World, CancellationToken.None);
        var (all, cold) = (ExperimentData.Load(World with { ColdItems = 0 }, CancellationToken.None).All, data.Cold!);
        var isCold = cold.Items.ToHashSet();
        Assert.Equal(Math.Round(0.2 * all.Items.Count), isCold.Count);
        Assert.Equal(all.Items.Count - isCold.Count, data.KnownItems.Length);
        Assert.DoesNotContain(data.KnownItems, isCold.Contains);
        Assert.DoesNotContain(data.All.ItemOf.ToArray(), isCold.Contains);
        Assert.Equal(all.ItemOf.ToArray().Count(item => !isCold.Contains(item)), data.All.Count);
        int[] rows = [.. data.Split.Train, .. data.Split.Validation, .. data.Split.Test];
        Assert.Equal(Enumerable.Range(0, data.All.Count), rows.Order());                    // of the warm rows, each in one split
        foreach (var queries in new[] { data.Validation, data.Test })
            for (int query = 0; query < queries.Count; query++)
            {
                Assert.DoesNotContain(queries.Targets[query], isCold);
                Assert.DoesNotContain(queries.HistoryOf(query).ToArray(), isCold.Contains);
            }

        Assert.Equal(cold.Queries.Count, cold.Queries.Users.ToArray().Distinct().Count());
        var histories = new UserHistories(all);
        var expected = new List<(int, int, string)>();
        for (int user = 0; user < histories.UserCount; user++)
        {
            int[] items = histories.ItemsOf(user).ToArray();
            int place = Array.FindLastIndex(items, isCold.Contains);
            while (place >= 0 && items[..place].Count(item => !isCold.Contains(item)) < 3) place = place == 0 ? -1 : Array.FindLastIndex(items, place - 1, isCold.Contains);
            if (place >= 0) expected.Add((user, items[place], string.Join(' ', items[..place].Where(item => !isCold.Contains(item)))));
        }
        Assert.True(expected.Count > 20, $"{expected.Count} rows prove little.");
        Assert.Equal(expected, Enumerable.Range(0, cold.Queries.Count).Select(query => (cold.Queries.Users[query], cold.Queries.Targets[query], string.Join(' ', cold.Queries.HistoryOf(query).ToArray()))));
    }

    [Fact]
    public void Load_AnotherSeed_HasTheSameColdItems() =>
        Assert.Equal(ExperimentData.Load(World, CancellationToken.None).Cold!.Items, ExperimentData.Load(World with { Seed = 7 }, CancellationToken.None).Cold!.Items);

    [Fact]
    public void Choose_NothingToTest_SaysWhatToDo()
    {
        var all = Table([(0, 0, 1), (0, 1, 2), (0, 2, 3), (0, 3, 4), (0, 4, 5)]);
        Assert.Contains("at least one of 5 items cold, found 0.05", Assert.Throws<ArgumentException>(() => ColdItems.Choose(all, 0.05, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("9 earlier rows of their user, found none. Lower --min-history", Assert.Throws<ArgumentException>(() => ColdItems.Choose(all, 0.4, 9)).Message, StringComparison.Ordinal);
    }

    private static InteractionTable Table(IEnumerable<(int User, int Item, long Time)> rows)
    {
        (int User, int Item, long Time)[] all = [.. rows];
        return new(new EntityIndex(Enumerable.Range(0, 6).Select(user => $"u{user}")), new EntityIndex(Enumerable.Range(0, 5).Select(item => $"i{item}")),
            [.. all.Select(row => row.User)], [.. all.Select(row => row.Item)], [.. all.Select(row => row.Time)]);
    }

    private static IEnumerable<(int User, int Item, long Time)> Rows(InteractionTable table) =>
        [.. Enumerable.Range(0, table.Count).Select(row => (table.UserOf[row], table.ItemOf[row], table.TimeOf[row]))];
}
