using AutoGraph.Core.Evaluation;
using Xunit;

namespace AutoGraph.Managed.Tests.Evaluation;

public sealed class SeedRunsTests
{
    private static readonly RankingQueries Queries = new([0, 1, 2], [0, 1, 2], [0, 0, 0, 0], []);

    /// <summary>A method whose targets stand at the given rank of four items.</summary>
    private static RankingResult RankedAt(params int[] ranks) => RankingEvaluator.Evaluate(Queries, 4, (first, count, scores) =>
    {
        for (int q = first; q < first + count; q++)
            for (int item = 0, above = ranks[q] - 1; item < 4; item++) scores[(q - first) * 4 + item] = item == Queries.Targets[q] ? 0 : above-- > 0 ? 1 : -1;
    }).SeenKept;

    [Fact]
    public void Run_ThreeSeeds_MeanAndSpreadAreHandComputed()
    {
        var order = new List<int>();
        var runs = SeedRuns.Run([5, 3, 9], seed => { order.Add(seed); return RankedAt(seed == 5 ? [1, 1, 1] : seed == 3 ? [2, 2, 2] : [4, 4, 4]); });
        Assert.Equal([5, 3, 9], order);
        Assert.Equal(order, runs.Seeds);
        var (mean, deviation) = runs.Spread(RankingMetric.ReciprocalRank);      // 1, 1/2, 1/4
        Assert.Equal(7 / 12.0, mean, 1e-12);
        Assert.Equal(Math.Sqrt((25 + 1 + 16) / 144.0 / 2), deviation, 1e-12);
        Assert.Contains("MRR 0.5833 ± 0.3819", runs.ToString(), StringComparison.Ordinal);
        Assert.Contains("3 seeds", runs.ToString(), StringComparison.Ordinal);
        Assert.Equal(double.NaN, SeedRuns.Run([1], _ => RankedAt(1, 2, 3)).Spread(RankingMetric.Ndcg).Deviation);
    }

    [Fact]
    public void ComparedWith_BetterMethod_IsThePairedComparison()
    {
        var worse = SeedRuns.Run([1, 2], seed => RankedAt(2, 3, 2 + seed));
        var better = SeedRuns.Run([1, 2], seed => RankedAt(1, 2, 1 + seed));
        var expected = PairedComparison.Compare(worse.Results, better.Results, RankingMetric.GroupedAuc);
        var actual = better.ComparedWith(worse, RankingMetric.GroupedAuc);
        Assert.Equal((expected.Difference, expected.Lower, expected.Upper), (actual.Difference, actual.Lower, actual.Upper));
        Assert.Equal(1 / 3.0, actual.Difference, 1e-12);
        Assert.True(actual.SeedsAgree);
    }

    [Fact]
    public void Run_SeedsThatCannotBe_SayWhatWasFound()
    {
        Assert.Contains("found none", Assert.Throws<ArgumentException>(() => SeedRuns.Run([], _ => RankedAt(1, 1, 1))).Message, StringComparison.Ordinal);
        Assert.Contains("found 1, 2, 1", Assert.Throws<ArgumentException>(() => SeedRuns.Run([1, 2, 1], _ => RankedAt(1, 1, 1))).Message, StringComparison.Ordinal);
        var (one, other) = (SeedRuns.Run([1], _ => RankedAt(1, 1, 1)), SeedRuns.Run([2], _ => RankedAt(1, 1, 1)));
        Assert.Contains("same seeds", Assert.Throws<ArgumentException>(() => one.ComparedWith(other, RankingMetric.Ndcg)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Cancelled_StopsBeforeTheNextSeed()
    {
        using var source = new CancellationTokenSource();
        int runs = 0;
        Assert.Throws<OperationCanceledException>(() => SeedRuns.Run([1, 2, 3], _ => { if (++runs == 2) source.Cancel(); return RankedAt(1, 1, 1); }, source.Token));
        Assert.Equal(2, runs);
    }
}
