using AutoGraph.Core.Evaluation;
using CsCheck;
using Xunit;

namespace AutoGraph.Managed.Tests.Evaluation;

public sealed class PairedComparisonTests
{
    [Fact]
    public void Compare_HandComputed_IsExact()
    {
        // d_u = 1, 2, 3: mean 2, s = 1, t = 2√3 with 2 degrees of freedom, p = 1 − t/√(2 + t²) = 1 − √(12/14).
        var comparison = PairedComparison.Compare([[0, 0, 0], [1, 1, 1]], [[1, 1, 4], [2, 4, 3]]);
        Assert.Equal(3, comparison.Users);
        Assert.Equal(2, comparison.Difference, 1e-12);
        Assert.Equal([2.0, 2.0], comparison.SeedDifferences);
        Assert.True(comparison.SeedsAgree);
        Assert.Equal(2 * Math.Sqrt(3), comparison.TStatistic, 1e-12);
        Assert.Equal(1 - Math.Sqrt(12.0 / 14), comparison.PValue, 1e-9);
        // Of the 27 resamples of 3, one has mean 1 and three have mean 4/3: the 2.5 % quantile (1/27 = 3.7 %) is 1; likewise 3 above.
        Assert.Equal((1, 3), (comparison.Lower, comparison.Upper));
        Assert.True(comparison.IsClear);
    }

    [Fact]
    public void Compare_SeveralRowsOfOneUser_CountsTheUserOnceWithTheMeanOfItsRows()
    {
        // users 0 (three rows), 1, and two rows of users unknown to the model, who without ids may be two: of 4 candidates the target is first or last
        int[] users = [0, 0, 1, 0, -1, -1];
        var (first, last) = (Ranked(users, 1, 1, 1, 1, 1, 1), Ranked(users, 4, 4, 1, 1, 4, 1));
        var comparison = PairedComparison.Compare([first], [last], RankingMetric.GroupedAuc);
        Assert.Equal(4, comparison.Users);
        Assert.Equal((-2 / 3.0 + 0 - 1 + 0) / 4, comparison.Difference, 1e-12);
        Assert.Equal(comparison.Difference, comparison.SeedDifferences[0], 1e-12);
        Assert.Contains("6 rows of 4 users", first.ToString(), StringComparison.Ordinal);
        Assert.Contains("; 2 users", Ranked([3, 5], 1, 2).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x", 3, (-2 / 3.0 + 0 - 0.5) / 3)]
    [InlineData("y", 4, (-2 / 3.0 + 0 - 1 + 0) / 4)]
    public void Compare_RowsOfUsersUnknownToTheModel_AreTheirsByTheirIds(string last, int users, double difference)
    {
        (string, string)[] ids = [("a", "i"), ("a", "i"), ("b", "i"), ("a", "i"), ("x", "i"), (last, "i")];
        var comparison = PairedComparison.Compare([Ranked([0, 0, 1, 0, -1, -1], ids, 1, 1, 1, 1, 1, 1)], [Ranked([0, 0, 1, 0, -1, -1], ids, 4, 4, 1, 1, 4, 1)], RankingMetric.GroupedAuc);
        Assert.Equal(users, comparison.Users);
        Assert.Equal(difference, comparison.Difference, 1e-12);
    }

    [Fact]
    public void Compare_SameRowsInAnotherOrder_AreRefused()
    {
        var error = Assert.Throws<ArgumentException>(() => PairedComparison.Compare([Ranked([0, 1, 2], 1, 2, 3)], [Ranked([0, 2, 1], 1, 3, 2)], RankingMetric.Ndcg));
        Assert.Contains("found other rows", error.Message, StringComparison.Ordinal);
    }

    private static RankingResult Ranked(int[] users, params int[] ranks) => Ranked(users, null, ranks);

    private static RankingResult Ranked(int[] users, (string User, string Item)[]? ids, params int[] ranks)
    {
        var queries = new RankingQueries(users, new int[users.Length], new int[users.Length + 1], []) { Identity = ids is null ? null : QueryIdentity.Of(ids, new(["i", "j", "k", "l"])) };
        return RankingEvaluator.Evaluate(queries, 4, (at, count, scores) =>
        {
            for (int query = 0; query < count; query++)
                for (int item = 0; item < 4; item++) scores[query * 4 + item] = item == 0 ? 0 : item < ranks[at + query] ? 1 : -1;
        }).SeenKept;
    }

    [Fact]
    public void Compare_SeedsOfOppositeSign_AreNotClear()
    {
        var comparison = PairedComparison.Compare([[0, 0], [0, 0]], [[3, 3], [-1, -1]]);
        Assert.Equal((1, 1, 1), (comparison.Difference, comparison.Lower, comparison.Upper));
        Assert.False(comparison.SeedsAgree);
        Assert.False(comparison.IsClear);
        Assert.Contains("signs differ", comparison.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_WorseForEveryUser_IsClearBelowZero()
    {
        var comparison = PairedComparison.Compare([[2, 3], [2, 3]], [[1, 1], [1, 1]]);
        Assert.Equal((-2, -1), (comparison.Lower, comparison.Upper));
        Assert.True(comparison.IsClear);
        Assert.Contains("all of one sign", comparison.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_NoDifference_IsZeroThroughout()
    {
        var comparison = PairedComparison.Compare([[.5, .2]], [[.5, .2]]);
        Assert.Equal((0, 0, 0, 0, 1), (comparison.Difference, comparison.Lower, comparison.Upper, comparison.TStatistic, comparison.PValue));
        Assert.False(comparison.SeedsAgree);
    }

    [Theory, InlineData(.25, 3), InlineData(.1, 10), InlineData(.3, 6), InlineData(-.7, 7)]
    public void Compare_ConstantDifference_HasInfiniteT(double difference, int users)
    {
        var comparison = PairedComparison.Compare([new double[users]], [[.. Enumerable.Repeat(difference, users)]]);
        Assert.Equal((difference / 0.0, 0, difference), (comparison.TStatistic, comparison.PValue, comparison.Difference));
        Assert.Equal((difference, difference), (comparison.Lower, comparison.Upper), (a, b) => Math.Abs(a.Item1 - b.Item1) < 1e-15 && Math.Abs(a.Item2 - b.Item2) < 1e-15);
    }

    [Fact]
    public void Compare_OtherTargetsOrItems_Refuses()
    {
        static RankingResult Rank(RankingQueries queries) => RankingEvaluator.Evaluate(queries, 10, (_, count, scores) => scores.Clear()).SeenKept;
        static RankingQueries Rows(params int[] targets) => new([0, 1], targets, [0, 0, 0], []);
        static RankingQueries Known(int first, string user) => new([0, 1], [first, 4], [0, 0, 0], [])
        {
            Identity = QueryIdentity.Of([(user, "3"), ("b", "4")], new([.. Enumerable.Range(first - 3, 10).Select(i => $"{i}")])),
        };
        Assert.Equal(2, PairedComparison.Compare([Rank(Rows(3, 4))], [Rank(Rows(3, 4))], RankingMetric.Ndcg).Users);
        Assert.Contains("other rows", Assert.Throws<ArgumentException>(() => PairedComparison.Compare([Rank(Rows(3, 4))], [Rank(Rows(5, 6))], RankingMetric.Ndcg)).Message, StringComparison.Ordinal);
        Assert.Equal(2, PairedComparison.Compare([Rank(Rows(3, 4))], [Rank(Known(3, "a"))], RankingMetric.Ndcg).Users);         // by positions, where one does not know the ids
        Assert.Throws<ArgumentException>(() => PairedComparison.Compare([Rank(Rows(5, 4))], [Rank(Known(3, "a"))], RankingMetric.Ndcg));
        Assert.Throws<ArgumentException>(() => PairedComparison.Compare([Rank(Known(3, "a"))], [Rank(Known(3, "c"))], RankingMetric.Ndcg));
        Assert.Throws<ArgumentException>(() => PairedComparison.Compare([Rank(Known(3, "a"))], [Rank(Known(4, "a"))], RankingMetric.Ndcg));         // items 1 to 10 in place of 0 to 9
    }

    [Fact]
    public void Compare_ManyUsers_IntervalIsThatOfTheNormal()
    {
        // The bootstrap standard error of a mean is σ/√n (population σ); 1.96 of them each side, resampling noise within 4 %.
        var random = new Random(11);
        var zeros = new double[2000];
        var other = zeros.Select(_ => random.NextDouble() - .45).ToArray();
        var comparison = PairedComparison.Compare([zeros], [other]);
        double mean = other.Average(), half = 1.96 * Math.Sqrt(other.Average(d => (d - mean) * (d - mean)) / other.Length);
        Assert.Equal(mean, comparison.Difference, 1e-12);
        Assert.Equal(mean - half, comparison.Lower, .04 * half);
        Assert.Equal(mean + half, comparison.Upper, .04 * half);
    }

    [Fact]
    public void Compare_AnyFigures_SwappingMethodsMirrorsAndRepeatsExactly() =>
        Gen.Select(Gen.Int[1, 3], Gen.Int[2, 20]).SelectMany((seeds, users) => Gen.Double[0, 1].Array[users].Array[seeds].Array[2]).Sample(methods =>
        {
            var forth = PairedComparison.Compare(methods[0], methods[1], resamples: 200, seed: 5);
            var back = PairedComparison.Compare(methods[1], methods[0], resamples: 200, seed: 5);
            var again = PairedComparison.Compare(methods[0], methods[1], resamples: 200, seed: 5);
            Assert.Equal(forth.Difference, -back.Difference, 1e-12);
            Assert.Equal(forth.Lower, -back.Upper, 1e-12);
            Assert.Equal(forth.TStatistic, -back.TStatistic, 1e-9);
            Assert.Equal(forth.PValue, back.PValue, 1e-12);
            Assert.Equal((forth.Lower, forth.Upper), (again.Lower, again.Upper));
            Assert.InRange(forth.Difference, forth.SeedDifferences.Min() - 1e-12, forth.SeedDifferences.Max() + 1e-12);
            Assert.True(forth.Lower <= forth.Upper);
            Assert.InRange(forth.PValue, 0, 1);
        }, iter: 100);

    [Fact]
    public void Compare_FiguresThatDoNotMatch_SaysWhat()
    {
        Assert.Contains("seeds", Assert.Throws<ArgumentException>(() => PairedComparison.Compare([[1, 2]], [[1, 2], [3, 4]])).Message, StringComparison.Ordinal);
        Assert.Contains("2 users", Assert.Throws<ArgumentException>(() => PairedComparison.Compare([[1, 2]], [[1, 2, 3]])).Message, StringComparison.Ordinal);
        Assert.Contains("two users", Assert.Throws<ArgumentException>(() => PairedComparison.Compare([[1]], [[2]])).Message, StringComparison.Ordinal);
        Assert.Contains("finite", Assert.Throws<ArgumentException>(() => PairedComparison.Compare([[1, 2]], [[double.NaN, 3]])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => PairedComparison.Compare(Array.Empty<double[]>(), []));
    }

    [Fact]
    public void Compare_RankingResults_TakesTheFigureAndRefusesOtherProtocols()
    {
        var queries = new RankingQueries([0, 1, 2], [0, 1, 2], [0, 0, 1, 1], [0]);
        RankingReport Rank(float own, int k = 10) => RankingEvaluator.Evaluate(queries, 4, (first, count, scores) =>
        {
            scores.Fill(1);
            for (int q = 0; q < count; q++) scores[q * 4 + first + q] = own;
        }, new() { Cutoff = k });

        // Last of four (MRR 1/4) against first of four (MRR 1).
        var comparison = PairedComparison.Compare([Rank(0).SeenKept], [Rank(2).SeenKept], RankingMetric.ReciprocalRank);
        Assert.Equal(.75, comparison.Difference, 1e-12);
        Assert.Contains("one protocol", Assert.Throws<ArgumentException>(() => PairedComparison.Compare([Rank(0).SeenKept], [Rank(2).SeenMasked], RankingMetric.Ndcg)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => PairedComparison.Compare([Rank(0).SeenKept], [Rank(2, k: 5).SeenKept], RankingMetric.Ndcg));
    }
}
