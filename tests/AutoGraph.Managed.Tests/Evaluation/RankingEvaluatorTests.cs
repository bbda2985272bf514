using AutoGraph.Core.Evaluation;
using AutoGraph.Core.Interactions;
using AutoGraph.TestKit;
using CsCheck;
using Xunit;

namespace AutoGraph.Managed.Tests.Evaluation;

public sealed class RankingEvaluatorTests
{
    private static RankingQueries Queries(params (int User, int Target, int[] History)[] rows)
    {
        var offsets = new int[rows.Length + 1];
        for (int i = 0; i < rows.Length; i++) offsets[i + 1] = offsets[i] + rows[i].History.Length;
        return new RankingQueries([.. rows.Select(r => r.User)], [.. rows.Select(r => r.Target)], offsets, [.. rows.SelectMany(r => r.History)]);
    }

    private static BlockScorer Scores(params float[][] rows) => (first, count, scores) =>
    {
        for (int i = 0; i < count; i++) rows[first + i].CopyTo(scores[(i * rows[0].Length)..]);
    };

    private static double[] Figures(RankingMetrics metrics) => [metrics.Ndcg, metrics.HitRate, metrics.ReciprocalRank, metrics.GroupedAuc];

    private static void AssertClose(double[] expected, RankingMetrics actual)
    {
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], Figures(actual)[i], 1e-9);
    }

    [Fact]
    public void Evaluate_HandComputedWithTie_IsExact()
    {
        // Target 1 scores .5: item 0 above, item 3 equal → kept r = 1 + 1 + 1/2 = 2.5 of 5. Item 0 seen (twice) → masked r = 1.5 of 4.
        var report = RankingEvaluator.Evaluate(Queries((7, 1, [0, 0])), 5, Scores([.9f, .5f, .1f, .5f, -1f]), new() { Cutoff = 2 });
        Assert.Equal(2.5, report.SeenKept.Ranks[0]);
        Assert.Equal(5, report.SeenKept.Candidates[0]);
        AssertClose([0, 0, 1 / 2.5, 2.5 / 4], report.SeenKept.Average);
        Assert.Equal(1.5, report.SeenMasked.Ranks[0]);
        Assert.Equal(4, report.SeenMasked.Candidates[0]);
        AssertClose([1 / Math.Log2(2.5), 1, 1 / 1.5, 2.5 / 3], report.SeenMasked.Average);
        AssertClose([1 / Math.Log2(3.5), 1, 1 / 2.5, 2.5 / 4], report.SeenKept.AverageAt(3));
    }

    [Fact]
    public void Evaluate_TargetInItsOwnHistory_IsNeverMasked()
    {
        var report = RankingEvaluator.Evaluate(Queries((0, 2, [2, 0])), 3, Scores([3f, 1f, 2f]));
        Assert.Equal(2, report.SeenKept.Ranks[0]);
        Assert.Equal(1, report.SeenMasked.Ranks[0]);
        Assert.Equal(2, report.SeenMasked.Candidates[0]);
    }

    [Fact]
    public void Evaluate_AllScoresEqual_RanksInTheMiddle()
    {
        var result = RankingEvaluator.Evaluate(Queries((0, 0, [])), 101, Scores(new float[101])).SeenKept;
        Assert.Equal(51, result.Ranks[0]);
        Assert.Equal(.5, result.Average.GroupedAuc);
    }

    [Fact]
    public void Evaluate_OneCandidateLeft_IsSkippedAndCounted()
    {
        var report = RankingEvaluator.Evaluate(Queries((0, 1, [0, 2]), (1, 0, [])), 3, Scores([1f, 2f, 3f], [3f, 2f, 1f]));
        Assert.Equal((2, 0), (report.SeenKept.Evaluated, report.SeenKept.Skipped));
        Assert.Equal((1, 1), (report.SeenMasked.Evaluated, report.SeenMasked.Skipped));
        Assert.Equal(0, report.SeenMasked.Ranks[0]);
        Assert.Equal([1.0], report.SeenMasked.Values(RankingMetric.ReciprocalRank));
        Assert.Contains("1 skipped", report.SeenMasked.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_NoQueryLeft_AveragesAreNaN() =>
        Assert.True(double.IsNaN(RankingEvaluator.Evaluate(Queries((0, 0, [])), 1, Scores([1f])).SeenKept.Average.Ndcg));

    [Fact]
    public void Evaluate_InfiniteScores_AreOrdered()
    {
        var result = RankingEvaluator.Evaluate(Queries((0, 1, [])), 3, Scores([float.PositiveInfinity, 0f, float.NegativeInfinity])).SeenKept;
        Assert.Equal(2, result.Ranks[0]);
    }

    [Theory, InlineData(0), InlineData(37), InlineData(99)]
    public void Evaluate_NaN_NamesTheQuery(int where)
    {
        var scores = new float[100];
        scores[where] = float.NaN;
        var thrown = Assert.Throws<InvalidOperationException>(() =>
            RankingEvaluator.Evaluate(Queries((5, 3, []), (8, 0, [])), 100, Scores(new float[100], scores)));
        Assert.Contains($"item {where} in query 1 (user 8)", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_ScorerThatLeavesGaps_Throws() => Assert.Throws<InvalidOperationException>(() =>
        RankingEvaluator.Evaluate(Queries((0, 0, []), (1, 1, [])), 3, (first, count, scores) => { if (first == 0) scores.Fill(1); }, new() { BlockSize = 1 }));

    [Fact]
    public void Evaluate_BadInput_SaysWhat()
    {
        BlockScorer never = (_, _, _) => Assert.Fail("scored before checking");
        Assert.Contains("at least one query", Assert.Throws<ArgumentException>(() => RankingEvaluator.Evaluate(Queries(), 3, never)).Message, StringComparison.Ordinal);
        Assert.Contains("target 3 in query 0", Assert.Throws<ArgumentException>(() => RankingEvaluator.Evaluate(Queries((0, 3, [])), 3, never)).Message, StringComparison.Ordinal);
        Assert.Contains("history item -1 in query 0", Assert.Throws<ArgumentException>(() => RankingEvaluator.Evaluate(Queries((0, 0, [-1])), 3, never)).Message, StringComparison.Ordinal);
        string message = Assert.Throws<ArgumentException>(() => RankingEvaluator.Evaluate(Queries((0, 0, [])), 3, never, new() { Cutoff = 0, BlockSize = 0, SampledNegatives = 0, Split = " " })).Message;
        Assert.All(["Cutoff of", "BlockSize of", "SampledNegatives of", "Split name"], part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    [Fact]
    public void Evaluate_Cancelled_StopsBeforeTheNextBlock()
    {
        using var source = new CancellationTokenSource();
        int blocks = 0;
        Assert.Throws<OperationCanceledException>(() => RankingEvaluator.Evaluate(Queries((0, 0, []), (1, 0, [])), 2,
            (_, _, scores) => { scores.Clear(); blocks++; source.Cancel(); }, new() { BlockSize = 1, CancellationToken = source.Token }));
        Assert.Equal(1, blocks);
    }

    // Scores from a handful of values, so that ties are everywhere; histories with repetitions and the target.
    private static readonly Gen<(int Items, (int, int, int[])[] Rows, float[][] Scores)> Worlds =
        from items in Gen.Int[1, 70]
        from queries in Gen.Int[1, 12]
        from rows in Gen.Select(Gen.Int[-1, 5], Gen.Int[0, items - 1], Gen.Int[0, items - 1].Array[0, 2 * items]).Array[queries]
        from scores in Gen.Int[-3, 3].Select(v => v / 4f).Array[items].Array[queries]
        select (items, rows, scores);

    [Fact]
    public void Evaluate_AnyScores_AgreesWithTheDenseReference() => Worlds.Sample(world =>
    {
        var all = Enumerable.Range(0, world.Items).ToArray();
        var kept = world.Rows.Select((row, q) => DenseRanking.Rank(world.Scores[q], row.Item2, all)).ToArray();
        var masked = world.Rows.Select((row, q) => DenseRanking.Rank(world.Scores[q], row.Item2, all.Except(row.Item3))).ToArray();
        foreach (int block in new[] { 1, 3, 256 })
        {
            var report = RankingEvaluator.Evaluate(Queries(world.Rows), world.Items, Scores(world.Scores), new() { BlockSize = block });
            Check(kept, report.SeenKept);
            Check(masked, report.SeenMasked);
        }

        static void Check((double Rank, int Candidates)[] expected, RankingResult actual)
        {
            Assert.Equal(expected.Select(e => e.Candidates), actual.Candidates.ToArray());
            Assert.Equal(expected.Select(e => e.Candidates > 1 ? e.Rank : 0), actual.Ranks.ToArray());
            if (actual.Evaluated > 0) AssertClose(DenseRanking.Average(expected, 10), actual.Average);
        }
    }, iter: 300);

    [Fact]
    public void Evaluate_SampledNegatives_RanksAmongThem() => Worlds.Sample(world =>
    {
        int negatives = Math.Max(1, world.Items / 3);
        foreach (int block in new[] { 1, 5 })
        {
            var queries = Queries(world.Rows);
            var report = RankingEvaluator.Evaluate(queries, world.Items, Scores(world.Scores), new() { SampledNegatives = negatives, Seed = 9, BlockSize = block });
            for (int q = 0; q < world.Rows.Length; q++)
            {
                var (_, target, history) = world.Rows[q];
                var drawn = new NegativeDraw(queries, world.Items, negatives, 9).For(q).ToArray();
                Assert.Equal(Math.Min(negatives, world.Items - 1), drawn.Distinct().Count());
                Assert.DoesNotContain(target, drawn);
                var (rank, candidates) = DenseRanking.Rank(world.Scores[q], target, drawn);
                Assert.Equal((candidates > 1 ? rank : 0, candidates), (report.SeenKept.Ranks[q], report.SeenKept.Candidates[q]));
                (rank, candidates) = DenseRanking.Rank(world.Scores[q], target, drawn.Except(history));
                Assert.Equal((candidates > 1 ? rank : 0, candidates), (report.SeenMasked.Ranks[q], report.SeenMasked.Candidates[q]));
            }
        }
    }, iter: 200);

    [Fact]
    public void Evaluate_MoreNegativesThanThereAre_ProtocolNamesThoseDrawn()
    {
        var report = RankingEvaluator.Evaluate(Queries((0, 0, [])), 3, (_, _, scores) => scores.Fill(1), new() { SampledNegatives = 1000 });
        Assert.Contains("target against 2 of 3 items", report.SeenKept.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_ManyTimes_IsUniformWithoutTheTarget()
    {
        // 20,000 users × 3 of 10 others: each item 6,000 times on average, standard deviation 65.
        var draw = new NegativeDraw(Queries([.. Enumerable.Range(0, 20_000).Select(user => (user, 4, Array.Empty<int>()))]), itemCount: 11, negatives: 3, seed: 1);
        var counts = new int[11];
        for (int user = 0; user < 20_000; user++)
            foreach (int item in draw.For(user)) counts[item]++;
        Assert.Equal(0, counts[4]);
        Assert.All(counts.Where((_, item) => item != 4), count => Assert.InRange(count, 5_650, 6_350));
    }

    [Fact]
    public void Draw_MoreNegativesThanItems_TakesAllOthers() =>
        Assert.Equal([0, 1, 3], new NegativeDraw(Queries((0, 2, [])), 4, 1000, 0).For(0).ToArray().Order());

    [Fact]
    public void Draw_IdsAtOtherPositions_AreTheSameItems()
    {
        // the same rows for two models that number users and items otherwise, and rank the rows in another order
        string[] ids = [.. Enumerable.Range(0, 30).Select(i => $"i{i}")];
        (string User, string Item)[] rows = [("a", "i3"), ("b", "i3"), ("a", "i20")];
        string[][] Drawn(EntityIndex items, (string User, string Item)[] order)
        {
            var queries = new RankingQueries([.. order.Select((_, place) => place)], [.. order.Select(row => items.PositionOf(row.Item))], new int[order.Length + 1], []) { Identity = QueryIdentity.Of(order, items) };
            var draw = new NegativeDraw(queries, items.Count, 5, 7);
            return [.. order.Select((row, query) => (row, Items: draw.For(query).ToArray().Select(item => items[item]).ToArray())).OrderBy(one => Array.IndexOf(rows, one.row)).Select(one => one.Items)];
        }
        var first = Drawn(new(ids), rows);
        Assert.Equal(first, Drawn(new(ids.Reverse()), [rows[2], rows[0], rows[1]]));
        Assert.Equal(3, first.Select(items => string.Join(' ', items)).Distinct().Count());
        Assert.All(first.Zip(rows), pair => Assert.DoesNotContain(pair.Second.Item, pair.First));
    }

    [Fact]
    public void Draw_MoreItemsThanIds_IsByPositions()
    {
        var queries = new RankingQueries([0], [1], [0, 0], []) { Identity = QueryIdentity.Of([("a", "i1")], new(["i0", "i1"])) };
        Assert.Equal([0, 2, 3, 4], new NegativeDraw(queries, 5, 1000, 0).For(0).ToArray().Order());
    }

    [Fact]
    public void Protocol_Printed_NamesSplitCandidatesAndSeenPolicy()
    {
        var report = RankingEvaluator.Evaluate(Queries((0, 0, [])), 3533, Scores(new float[3533]), new() { Split = "validation" });
        Assert.EndsWith("(validation split, all 3,533 items ranked, seen items kept; 1 users)", report.SeenKept.ToString(), StringComparison.Ordinal);
        Assert.Equal("test split, target against 1,000 of 3,533 items drawn with seed 7, seen items masked", new RankingProtocol("test", 3533, 1000, 7, SeenItems.Masked).ToString());
    }

    [Fact]
    public void Of_RankBeyondCutOff_KeepsOnlyUntruncatedFigures()
    {
        AssertClose([0, 0, 1 / 11.0, 90 / 100.0], RankingMetrics.Of(11, 101, 10));
        AssertClose([1 / Math.Log2(11), 1, .1, .91], RankingMetrics.Of(10, 101, 10));
        AssertClose([1, 1, 1, 1], RankingMetrics.Of(1, 2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => RankingMetrics.Of(1, 1, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => RankingMetrics.Of(double.NaN, 5, 10));
    }
}
