using AutoGraph.Core.Evaluation;
using AutoGraph.Torch.Recommendation;
using Xunit;

namespace AutoGraph.Torch.Tests.Recommendation;

/// <summary>A world with an obvious answer: each user has every item of one colour but one.</summary>
internal static class Checkerboard
{
    private const int Users = 60, Items = 40, Own = Items / 2 - 1;

    private static int Missing(int user) => 2 * (user / 2 % (Items / 2)) + user % 2;

    /// <summary>Trains a small plain model with the given backbone, loss and negatives; the missing item must come first for over 90 % of the users.</summary>
    public static void AssertLearns(RecommenderOptions options)
    {
        var rows = new List<(int, int)>();
        for (int user = 0; user < Users; user++)
        {
            int[] own = [.. Enumerable.Range(0, Items / 2).Select(i => 2 * i + user % 2).Where(item => item != Missing(user))];
            new Random(user).Shuffle(own);
            rows.AddRange(own.Select(item => (user, item)));
        }
        var model = TwoTowerRecommender.Train(new(ToyWorld.Table(rows, Users, Items), ToyWorld.NoFeatures(Users), ToyWorld.NoFeatures(Items)),
            options with { Enhancement = Enhancement.None, Dimension = 16, HiddenWidths = [32], MinHistory = 1, EarlyStopping = false, Epochs = 30, BatchSize = 64, Negatives = 20, LearningRate = 5e-3, WeightAverage = 0.9 }, 1);
        var queries = new RankingQueries([.. Enumerable.Range(0, Users)], [.. Enumerable.Range(0, Users).Select(Missing)],
            [.. Enumerable.Range(0, Users + 1).Select(u => u * Own)], [.. rows.Select(row => row.Item2)]);
        var ranks = RankingEvaluator.Evaluate(queries, Items, (first, count, scores) => model.Score(queries, first, count, scores)).SeenMasked.Ranks.ToArray();
        Assert.True(ranks.Count(rank => rank == 1) > 0.9 * Users, $"{ranks.Count(rank => rank == 1)} of {Users} users.");
    }
}
