using AutoGraph.Core.Evaluation;
using AutoGraph.Core.Snapshots;
using AutoGraph.Experiments;
using Xunit;

namespace AutoGraph.Torch.Tests.Experiments;

/// <summary>Items that training never saw: how answers are ranked, and which content weight is chosen.</summary>
public sealed class ColdComparisonTests
{
    private const int Items = 14;

    // items 12 and 13 are new; the history is item 0, the target item 13
    private static readonly RankingQueries Queries = new([0], [13], [0, 1], [0]);

    private static readonly bool[] IsNew = [.. Enumerable.Range(0, Items).Select(item => item >= 12)];

    [Theory]
    [InlineData(0, false, 13)]      // twelve others score better, item 0 is seen and gone
    [InlineData(1, false, 13)]      // the one place goes to 12, for which 10 gives way: 1 to 9, 12, then 10 and 11
    [InlineData(2, false, 10)]      // 1 to 8, 12, 13
    [InlineData(0, true, 2)]
    public void Of_QuotaAndNewOnly_RankTheTargetWhereTheAnswerHasIt(int quota, bool newOnly, int expected)
    {
        var served = new ServedScores(Queries, Descending, Content(), IsNew);
        double rank = RankingEvaluator.Evaluate(Queries, Items, served.Of(0, quota, newOnly)).SeenMasked.Ranks[0];
        Assert.Equal(expected, rank);
    }

    [Fact]
    public void Of_ContentWeight_PutsTheItemLikeTheHistoryFirst()
    {
        var served = new ServedScores(Queries, Descending, Content(), IsNew);
        Assert.Equal(1, RankingEvaluator.Evaluate(Queries, Items, served.Of(10, 0, false)).SeenMasked.Ranks[0]);
    }

    [Fact]
    public void Choose_TakesTheBestForNewItemsThatKnownItemsCanPay()
    {
        ColdFigures[] choice = [Row(0, .010, .100), Row(.5, .020, .0985), Row(1, .015, .099), Row(2, .090, .0979)];
        Assert.Equal(.5, ColdComparison.Choose(choice));
        Assert.Equal(0, ColdComparison.Choose([Row(0, .02, .1), Row(1, .02, .2)]));     // as good for new items: the smaller weight

        static ColdFigures Row(double weight, double ndcgOfNew, double ndcgOfKnown) => new("model", weight, 0, new(ndcgOfNew, 0, 0, 0), null, new(ndcgOfKnown, 0, 0, 0));
    }

    private static void Descending(int first, int count, Span<float> scores)
    {
        for (int item = 0; item < scores.Length; item++) scores[item] = -item;
    }

    // item 13 is like item 0, all others are not
    private static SharedRows<float> Content()
    {
        var values = new float[Items * 2];
        for (int item = 0; item < Items; item++) values[2 * item + (item is 0 or 13 ? 0 : 1)] = 1;
        return SharedRows<float>.Of(values, Items, 2);
    }
}
