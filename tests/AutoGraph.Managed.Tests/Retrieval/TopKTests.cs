using AutoGraph.Core.Retrieval;
using CsCheck;
using Xunit;

namespace AutoGraph.Managed.Tests.Retrieval;

public sealed class TopKTests
{
    [Fact]
    public void Select_Ties_LowerPositionFirst() => Assert.Equal(
        [new(1, 5f), new(3, 5f), new(0, 2f)],
        TopK.Select([2f, 5f, 1f, 5f, 2f], 3));

    [Fact]
    public void Select_Excluded_AreLeftOut() => Assert.Equal([4, 2], Positions(TopK.Select([2f, 5f, 1f, 5f, 2f], 9, [3, 0, 1, 3, 99])));

    [Fact]
    public void Select_AnyScores_AgreesWithAStableSort() =>
        Gen.Select(Gen.Int[-4, 4].Select(v => v / 2f).Array[0, 60], Gen.Int[0, 70], Gen.Int[0, 70].Array[0, 30]).Sample((scores, count, excluded) =>
        {
            var expected = Enumerable.Range(0, scores.Length).Except(excluded).OrderByDescending(i => scores[i]).Take(count).ToArray();
            var actual = TopK.Select(scores, count, excluded);
            Assert.Equal(expected, Positions(actual));
            Assert.All(actual, item => Assert.Equal(scores[item.Position], item.Score));
        }, iter: 2000);

    [Fact]
    public void Select_ManyDistinctScores_AgreesWithASort()
    {
        var random = new Random(3);
        var scores = Enumerable.Range(0, 20_000).Select(_ => random.NextSingle()).ToArray();
        Assert.Equal(Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).Take(500), Positions(TopK.Select(scores, 500)));
    }

    [Fact]
    public void Select_Infinities_AreOrdered() =>
        Assert.Equal([2, 1, 0], Positions(TopK.Select([float.NegativeInfinity, 0f, float.PositiveInfinity], 3)));

    [Theory, InlineData(0), InlineData(2), InlineData(5)]
    public void Select_NaN_NamesThePosition(int where)
    {
        var scores = new[] { 9f, 8f, 7f, 6f, 5f, 4f };
        scores[where] = float.NaN;
        Assert.Contains($"position {where}", Assert.Throws<ArgumentException>(() => TopK.Select(scores, 2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Select_NothingWantedOrThere_IsEmpty()
    {
        Assert.Empty(TopK.Select([1f, 2f], 0));
        Assert.Empty(TopK.Select([], 5));
        Assert.Empty(TopK.Select([1f], 1, [0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => TopK.Select([1f], -1));
    }

    private static int[] Positions(ScoredItem[] items) => Array.ConvertAll(items, item => item.Position);
}
