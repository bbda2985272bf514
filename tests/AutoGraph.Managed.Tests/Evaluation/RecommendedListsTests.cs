using AutoGraph.Core.Evaluation;
using CsCheck;
using Xunit;

namespace AutoGraph.Managed.Tests.Evaluation;

public sealed class RecommendedListsTests
{
    // Items 0..4 with 8, 4, 2, 2, 0 of 16 interactions: 1, 2, 3, 3 and (as with one) 4 bits.
    private static readonly int[] Interactions = [8, 4, 2, 2, 0];

    private static readonly float[][] Scores = [[.9f, .8f, .1f, .7f, .2f], [.5f, .6f, .4f, .1f, .9f]];

    // user 0 saw items 0 and 1; user 1 saw nothing but the target itself
    private static readonly RankingQueries Queries = new([0, 1], [3, 4], [0, 2, 3], [0, 1, 4]);

    private static BlockScorer Scorer(float[][] scores) => (first, count, block) =>
    {
        for (int i = 0; i < count; i++) scores[first + i].CopyTo(block[(i * scores[0].Length)..]);
    };

    [Fact]
    public void Evaluate_HandComputed_IsExact()
    {
        var report = RankingEvaluator.Evaluate(Queries, 5, Scorer(Scores), new() { Cutoff = 2, ItemInteractions = Interactions });
        // kept: {0, 1} and {4, 1}; masked: {3, 4} and {4, 1}, for a target is never left out
        Assert.Equal(new RecommendedLists(2, 3 / 5.0, (1 + 2 + 4 + 2) / 4.0, (8 + 4 + 0 + 4) / 4.0), report.SeenKept.Lists);
        Assert.Equal(new RecommendedLists(2, 3 / 5.0, (3 + 4 + 4 + 2) / 4.0, (2 + 0 + 0 + 4) / 4.0), report.SeenMasked.Lists);
        Assert.Contains("novelty 2.25 bits", report.SeenKept.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_NoInteractionsGiven_NoLists() =>
        Assert.Null(RankingEvaluator.Evaluate(Queries, 5, Scorer(Scores)).SeenKept.Lists);

    [Fact]
    public void Evaluate_InteractionsThatDoNotFit_SaysSo()
    {
        Assert.Contains("ItemInteractions of 5 items", Assert.Throws<ArgumentException>(() => RankingEvaluator.Evaluate(Queries, 5, Scorer(Scores), new() { ItemInteractions = [1, 2] })).Message, StringComparison.Ordinal);
        Assert.Contains("negative", Assert.Throws<ArgumentException>(() => RankingEvaluator.Evaluate(Queries, 5, Scorer(Scores), new() { ItemInteractions = [1, 2, 3, 4, -1] })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_AnyScores_AgreesWithAFullSort() => (
        from items in Gen.Int[2, 40]
        from scores in Gen.Int[-3, 3].Select(v => v / 4f).Array[items].Array[1, 8]
        from counts in Gen.Int[0, 9].Array[items]
        from k in Gen.Int[1, 12]
        select (items, scores, counts, k)).Sample(world =>
    {
        int queries = world.scores.Length;
        var lists = world.scores.Select(row => Enumerable.Range(0, world.items).OrderByDescending(i => row[i]).ThenBy(i => i).Take(world.k).ToArray()).ToArray();
        double total = Math.Max(1, world.counts.Sum());
        var all = lists.SelectMany(list => list).ToArray();
        var rows = new RankingQueries(new int[queries], new int[queries], new int[queries + 1], []);
        foreach (int block in new[] { 1, 3, 256 })
        {
            var actual = RankingEvaluator.Evaluate(rows, world.items, Scorer(world.scores), new() { Cutoff = world.k, ItemInteractions = world.counts, BlockSize = block }).SeenMasked.Lists!;
            Assert.Equal(all.Distinct().Count() / (double)world.items, actual.Coverage, 1e-12);
            Assert.Equal(all.Average(i => -Math.Log2(Math.Max(1, world.counts[i]) / total)), actual.Novelty, 1e-9);
            Assert.Equal(all.Average(i => world.counts[i]), actual.Popularity, 1e-9);
        }
    }, iter: 200);

    [Fact]
    public void Of_OneTarget_RecallPrecisionAndMapFollowFromTheRank()
    {
        var hit = RankingMetrics.Of(2.5, 50, 5);
        Assert.Equal((1, 0.2, 0.4), (hit.Recall, hit.Precision, hit.AveragePrecision));
        var miss = RankingMetrics.Of(5.5, 50, 5);
        Assert.Equal((0, 0, 0), (miss.Recall, miss.Precision, miss.AveragePrecision));
        Assert.Equal([1, 0.2, 0.4], [hit[RankingMetric.Recall], hit[RankingMetric.Precision], hit[RankingMetric.AveragePrecision]]);
    }

    [Fact]
    public void Average_RecallPrecisionAndMap_AreMeansOverQueries()
    {
        // ranks 3 and 1 of 5, kept
        var average = RankingEvaluator.Evaluate(Queries, 5, Scorer(Scores), new() { Cutoff = 2 }).SeenKept.AverageAt(3);
        Assert.Equal((1, 1 / 3.0, (1 / 3.0 + 1) / 2), (average.Recall, average.Precision, average.AveragePrecision));
        var at2 = RankingEvaluator.Evaluate(Queries, 5, Scorer(Scores), new() { Cutoff = 2 }).SeenKept.Average;
        Assert.Equal((0.5, 0.25, 0.5), (at2.Recall, at2.Precision, at2.AveragePrecision));
    }
}
