using AutoGraph.Orleans;
using Xunit;

namespace AutoGraph.Orleans.Tests;

/// <summary>Compares a cluster with one machine: items, order, scores to the bit, reasons.</summary>
internal static class SameAnswers
{
    internal static void Equal(IReadOnlyList<Recommendation> expected, ClusterAnswer found)
    {
        Assert.Equal(expected.Select(item => (item.ItemId, BitConverter.SingleToInt32Bits(item.Score))), found.Items.Select(item => (item.ItemId, BitConverter.SingleToInt32Bits(item.Score))));
        Assert.Equal(expected.Select(Reasons), found.Items.Select(Reasons));
    }

    /// <summary>Asks both for users, histories, filters and places for new items.</summary>
    internal static async Task OnAllRequests(RecommendationEngine engine, RecommendationCluster cluster, IEnumerable<string> users, string[] items)
    {
        string[] half = [.. items.Where((_, place) => place % 2 == 0)];
        RequestOptions[] options = [new(), new() { ExcludeSeen = false }, new() { Allow = [.. half, "unknown"] }, new() { Deny = half }, new() { NewItems = 2 }, new() { Allow = [] }];
        foreach (string user in users)
            foreach (var option in options)
                foreach (int count in (int[])[1, 7, 1000])
                    Equal(engine.Recommend(user, count, option), await cluster.RecommendAsync(user, count, option));
        string[][] histories = [[], [items[0]], [.. items.Take(4), "unknown", items[1]], items];
        foreach (string[] history in histories)
            foreach (var option in options)
            {
                Equal(engine.RecommendFor(history, 10, option), await cluster.RecommendForAsync(history, 10, option));
                Equal(engine.RecommendFor(history, 10, option, users.First()), await cluster.RecommendForAsync(history, 10, option, users.First()));
            }
    }

    private static string Reasons(Recommendation item) => string.Join(";", item.Reasons.Select(reason => $"{reason.Level}.{reason.Code}:{string.Join(",", reason.HistoryItems)}:{reason.Name}"));
}
