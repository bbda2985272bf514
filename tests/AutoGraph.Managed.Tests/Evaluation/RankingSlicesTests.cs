using AutoGraph.Core.Evaluation;
using Xunit;

namespace AutoGraph.Managed.Tests.Evaluation;

public sealed class RankingSlicesTests
{
    // five queries over four items; targets 0..3 and 0 again; an unknown user last
    private static readonly RankingQueries Queries = new([0, 1, 2, 3, -1], [0, 1, 2, 3, 0], [0, 0, 0, 0, 0, 0], []);

    private static readonly float[] Scores = [4, 3, 2, 1];

    private static RankingResult Result(float shift = 0) => RankingEvaluator.Evaluate(Queries, 4, (first, count, scores) =>
    {
        for (int i = 0; i < count; i++)
            for (int item = 0; item < 4; item++) scores[i * 4 + item] = Scores[item] * (shift == 0 ? 1 : -1);
    }).SeenKept;

    [Fact]
    public void ByItemPopularity_HandComputed_GroupsTargetsFromColdToWarm()
    {
        // interactions 200, 5, 6, 0 → 0 | 1–5 | 6–20 | over 100; ranks 1..4 by position, the last query's 1
        var slices = RankingSlices.ByItemPopularity(Result(), Queries, [200, 5, 6, 0], [0, 5, 20, 100]);
        Assert.Equal(["test (items with 0 interactions)", "test (items with 1 to 5 interactions)", "test (items with 6 to 20 interactions)", "test (items with more than 100 interactions)"],
            slices.Select(slice => slice.Protocol.Split));
        Assert.Equal([[4.0], [2.0], [3.0], [1.0, 1.0]], slices.Select(slice => slice.Ranks.ToArray()));
        Assert.Equal([0.25, 0.5, 1 / 3.0, 1], slices.Select(slice => slice.Average.ReciprocalRank));
        Assert.Contains("more than 100 interactions", slices[^1].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_WithInteractions_SlicesBothResults()
    {
        int[] users = [5, 21, 20, 1000], items = [200, 5, 6, 0];
        var report = RankingEvaluator.Evaluate(Queries, 4, (first, count, scores) =>
        {
            for (int i = 0; i < count; i++) Scores.CopyTo(scores[(i * 4)..]);
        }, new() { UserInteractions = users, ItemInteractions = items });
        foreach (var result in (RankingResult[])[report.SeenKept, report.SeenMasked])
        {
            Assert.Equal(RankingSlices.ByUserActivity(result, Queries, users).Select(slice => slice.ToString()), result.ByUserActivity.Select(slice => slice.ToString()));
            Assert.Equal(RankingSlices.ByItemPopularity(result, Queries, items).Select(slice => slice.ToString()), result.ByItemPopularity.Select(slice => slice.ToString()));
            Assert.Empty(result.ByUserActivity[0].ByUserActivity);
        }
        Assert.Empty(Result().ByUserActivity);
        Assert.Empty(Result().ByItemPopularity);
    }

    [Theory]
    [InlineData(new[] { 1, 2, 3 }, "UserInteractions of all users, found 3 and user 3")]
    [InlineData(new[] { 1, 2, 3, -1 }, "UserInteractions of which none is negative")]
    public void Evaluate_UserInteractionsThatDoNotFit_SaysSo(int[] users, string expected) =>
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => RankingEvaluator.Evaluate(Queries, 4, (_, _, scores) => scores.Clear(), new() { UserInteractions = users })).Message, StringComparison.Ordinal);

    [Fact]
    public void ByUserActivity_UnknownUser_CountsAsOneWithoutInteractions()
    {
        var slices = RankingSlices.ByUserActivity(Result(), Queries, [5, 21, 20, 1000]);
        Assert.Equal([[1.0, 1.0], [3.0], [2.0], [4.0]], slices.Select(slice => slice.Ranks.ToArray()));
        Assert.Equal("test (users with 0 to 5 interactions)", slices[0].Protocol.Split);
    }

    [Fact]
    public void Slices_OfTwoMethods_ComparePaired()
    {
        int[] interactions = [200, 1, 1, 1];
        var better = RankingSlices.ByItemPopularity(Result(), Queries, interactions, [5])[0];
        var worse = RankingSlices.ByItemPopularity(Result(1), Queries, interactions, [5])[0];
        // ranks 2, 3, 4 against 3, 2, 1 of 4
        Assert.Equal(((1 / 3.0 - 1 / 2.0) + (1 / 2.0 - 1 / 3.0) + (1 - 1 / 4.0)) / 3, PairedComparison.Compare([better], [worse], RankingMetric.ReciprocalRank).Difference, 1e-12);
        Assert.Throws<ArgumentException>(() => PairedComparison.Compare([better], [Result()], RankingMetric.ReciprocalRank));
    }

    [Fact]
    public void By_WrongParts_SaysWhat()
    {
        Assert.Contains("ascend", Assert.Throws<ArgumentException>(() => RankingSlices.ByUserActivity(Result(), Queries, [1, 1, 1, 1], [5, 5])).Message, StringComparison.Ordinal);
        Assert.Contains("found 2 and position 2 in query 2", Assert.Throws<ArgumentException>(() => RankingSlices.ByUserActivity(Result(), Queries, [1, 1])).Message, StringComparison.Ordinal);
        var others = new RankingQueries([0], [0], [0, 0], []);
        Assert.Contains("these 1 queries, found one of 5", Assert.Throws<ArgumentException>(() => RankingSlices.ByUserActivity(Result(), others, [1])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_NoResults_SaysSo() =>
        Assert.Contains("found none", Assert.Throws<ArgumentException>(() => PairedComparison.Compare([], [], RankingMetric.Ndcg)).Message, StringComparison.Ordinal);
}
