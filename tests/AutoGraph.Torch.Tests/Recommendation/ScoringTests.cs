using AutoGraph.Core.Evaluation;
using AutoGraph.Torch.Recommendation;
using Xunit;

namespace AutoGraph.Torch.Tests.Recommendation;

public sealed class ScoringTests
{
    private static TwoTowerRecommender Train() => TwoTowerRecommender.Train(ToyWorld.Data(ToyWorld.Table(ToyWorld.Rows)), ToyWorld.Options, 1);

    private static RankingQueries Queries()
    {
        var random = new Random(2);
        int[][] histories = [.. Enumerable.Range(0, 60).Select(q => Enumerable.Range(0, q % 9).Select(_ => random.Next(ToyWorld.Items)).ToArray())];
        int end = 0;
        return new RankingQueries([.. Enumerable.Range(0, 60).Select(q => q % (ToyWorld.Users + 1) - 1)], new int[60], [0, .. histories.Select(h => end += h.Length)], [.. histories.SelectMany(h => h)]);
    }

    [Theory]
    [InlineData(new float[] { 1, 2, 3 }, new float[] { 1, 1 })]
    [InlineData(new float[] { 1 }, new float[] { 1, 1 })]
    [InlineData(new float[0], new float[] { 1, 1 })]
    [InlineData(new float[] { 1 }, new float[0])]
    public void Score_WidthsThatDoNotAgree_AreRefused(float[] users, float[] item) =>
        Assert.Contains($"found {users.Length} values and {item.Length}", Assert.Throws<ArgumentException>(() => TwoTowerRecommender.Score(users, item)).Message, StringComparison.Ordinal);

    [Fact]
    public void Score_SeveralVectors_IsTheBest() => Assert.Equal(7, TwoTowerRecommender.Score([1, 2, 3, 4, -1, 0], [1, 1]));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(32)]
    public void Score_AnyBatchSize_SameScores(int block)
    {
        var (model, queries) = (Train(), Queries());
        var whole = new float[60 * ToyWorld.Items];
        model.Score(queries, 0, 60, whole);
        for (int first = 0; first < 60; first += block)
        {
            int count = Math.Min(block, 60 - first);
            var part = new float[count * ToyWorld.Items];
            model.Score(queries, first, count, part);
            for (int i = 0; i < part.Length; i++) Assert.Equal(whole[first * ToyWorld.Items + i], part[i], 1e-6f * (1 + Math.Abs(part[i])));
        }
    }

    [Fact]
    public void UserVectors_TimesItemVectors_AreTheScores()
    {
        var (model, queries) = (Train(), Queries());
        var (scores, vectors) = (new float[60 * ToyWorld.Items], new float[60 * model.Dimension]);
        model.Score(queries, 0, 60, scores);
        model.UserVectors(queries.Users, [.. Enumerable.Range(0, 60).Select(q => (ReadOnlyMemory<int>)queries.HistoryOf(q).ToArray())], vectors);
        for (int q = 0; q < 60; q++)
            for (int item = 0; item < ToyWorld.Items; item++)
            {
                double dot = Enumerable.Range(0, model.Dimension).Sum(d => (double)vectors[q * model.Dimension + d] * model.ItemVectors.Span[item * model.Dimension + d]);
                Assert.Equal(dot, scores[q * ToyWorld.Items + item], 1e-5 * (1 + Math.Abs(dot)));
            }
    }

    [Fact]
    public void UserVectors_LongHistory_OnlyTheLatestItemsCount()
    {
        var model = Train();
        int length = model.Options.HistoryLength;
        int[] latest = [.. Enumerable.Range(3, length)];
        var vectors = new float[3 * model.Dimension];
        model.UserVectors([2, 2, 2], [latest, (int[])[0, 1, 2, .. latest], latest.AsMemory(1)], vectors);
        Assert.Equal(vectors[..model.Dimension], vectors[model.Dimension..(2 * model.Dimension)]);
        Assert.NotEqual(vectors[..model.Dimension], vectors[(2 * model.Dimension)..]);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(ToyWorld.Users)]
    public void UserVectors_UserOutOfRange_NamesTheRange(int user)
    {
        var model = Train();
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => model.UserVectors([user], [ReadOnlyMemory<int>.Empty], new float[model.Dimension]));
        Assert.Contains($"-1 to {ToyWorld.Users - 1}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(ToyWorld.Items)]
    public void UserVectors_HistoryItemOutOfRange_NamesTheItem(int item)
    {
        var model = Train();
        var error = Assert.ThrowsAny<ArgumentException>(() => model.UserVectors([0], [(int[])[1, item]], new float[model.Dimension]));
        Assert.Contains($"found {item}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UserVectors_RoomThatDoesNotFit_SaysSo()
    {
        var model = Train();
        Assert.Throws<ArgumentException>(() => model.UserVectors([0], [], new float[model.Dimension]));
        Assert.Throws<ArgumentException>(() => model.UserVectors([0], [ReadOnlyMemory<int>.Empty], new float[1]));
    }
}
