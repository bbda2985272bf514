using AutoGraph.Core.Evaluation;
using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Recommendation;
using Xunit;

namespace AutoGraph.Torch.Tests.Recommendation;

/// <summary>Every backbone trained, scored, stored and read, plain and with the graph.</summary>
public sealed class BackboneTests
{
    private static readonly RankingQueries Queries = new([0, 5, -1, 2], [0, 0, 0, 0], [0, 3, 4, 6, 6], [1, 2, 3, 4, 5, 6]);

    public static TheoryData<Backbone> All => [.. Enum.GetValues<Backbone>()];

    public static TheoryData<Backbone, Enhancement> Combinations
    {
        get
        {
            var data = new TheoryData<Backbone, Enhancement>();
            foreach (var backbone in Enum.GetValues<Backbone>())
                foreach (var enhancement in new[] { Enhancement.None, Enhancement.AutoGraph }) data.Add(backbone, enhancement);
            return data;
        }
    }

    private static RecommenderData Data => ToyWorld.Data(ToyWorld.Table(ToyWorld.Rows));

    [Theory, MemberData(nameof(Combinations))]
    public void Load_WrittenAndRead_ScoresAndBitsAreTheSame(Backbone backbone, Enhancement enhancement)
    {
        var options = ToyWorld.Options with { Backbone = backbone, Enhancement = enhancement, HistoryLayers = 2, HistoryHeads = 2, Capsules = 4, RoutingIterations = 2 };
        var model = TwoTowerRecommender.Train(Data, options, 1);
        Assert.Equal(ToyWorld.Bits(model.Save()), ToyWorld.Bits(TwoTowerRecommender.Train(Data, options, 1).Save()));       // the same seed, the same bits
        using var stream = new MemoryStream();
        model.Save().Write(stream);
        stream.Position = 0;
        var loaded = TwoTowerRecommender.Load(TensorDictionary.Read(stream));
        var (expected, actual) = (new float[4 * ToyWorld.Items], new float[4 * ToyWorld.Items]);
        model.Score(Queries, 0, 4, expected);
        loaded.Score(Queries, 0, 4, actual);
        Assert.Equal(expected, actual);
        Assert.All(actual, score => Assert.True(float.IsFinite(score)));
        Assert.Equal(ToyWorld.Bits(model.Save()), ToyWorld.Bits(loaded.Save()));
        Assert.Equal(backbone == Backbone.Mind ? 4 : 1, loaded.VectorsPerUser);
    }

    [Theory, MemberData(nameof(Combinations))]
    public void UserVectors_BestOfEachUsersVectors_AreTheScores(Backbone backbone, Enhancement enhancement)
    {
        var model = TwoTowerRecommender.Train(Data, ToyWorld.Options with { Backbone = backbone, Enhancement = enhancement }, 1);
        int width = model.Dimension, perUser = model.VectorsPerUser * width;
        var (scores, vectors) = (new float[4 * ToyWorld.Items], new float[4 * perUser]);
        model.Score(Queries, 0, 4, scores);
        model.UserVectors(Queries.Users, [.. Enumerable.Range(0, 4).Select(q => (ReadOnlyMemory<int>)Queries.HistoryOf(q).ToArray())], vectors);
        for (int q = 0; q < 4; q++)
            for (int item = 0; item < ToyWorld.Items; item++)
            {
                double best = Enumerable.Range(0, model.VectorsPerUser).Max(k => Enumerable.Range(0, width).Sum(d => (double)vectors[q * perUser + k * width + d] * model.ItemVectors.Span[item * width + d]));
                Assert.Equal(best, scores[q * ToyWorld.Items + item], 1e-5 * (1 + Math.Abs(best)));
                Assert.Equal(best, TwoTowerRecommender.Score(vectors.AsSpan(q * perUser, perUser), model.ItemVectors.Span.Slice(item * width, width)), 1e-5 * (1 + Math.Abs(best)));
            }
    }

    [Fact]
    public void Train_ConcatenatedCapsules_GiveOneVectorPerUser()
    {
        var model = TwoTowerRecommender.Train(Data, ToyWorld.Options with { Backbone = Backbone.Mind, ConcatenateCapsules = true }, 1);
        Assert.Equal(1, model.VectorsPerUser);
        Assert.Equal(ToyWorld.Bits(model.Save()), ToyWorld.Bits(TwoTowerRecommender.Load(model.Save()).Save()));
    }

    [Fact]
    public void Train_RoutingLogits_AreSavedAndNotTrained()
    {
        var options = ToyWorld.Options with { Backbone = Backbone.Mind, Enhancement = Enhancement.None };
        const string Name = "weights/history.routing";
        float[] short_ = TwoTowerRecommender.Train(Data, options, 1).Save().Floats(Name, 3, 5);
        Assert.Equal(short_, TwoTowerRecommender.Train(Data, options with { Epochs = 5, LearningRate = 0.1 }, 1).Save().Floats(Name, 3, 5));
        Assert.NotEqual(short_, TwoTowerRecommender.Train(Data, options, 2).Save().Floats(Name, 3, 5));
        Assert.InRange(short_.Average(value => value * value), 0.3, 2.5);           // standard normal
    }

    [Theory, MemberData(nameof(All))]
    public void Train_Checkerboard_MissingItemOfTheColourComesFirst(Backbone backbone) => Checkerboard.AssertLearns(new() { Backbone = backbone });

    [Fact]
    public void Train_InvalidBackboneOptions_ListsAllOfThem()
    {
        var error = Assert.Throws<ArgumentException>(() => TwoTowerRecommender.Train(Data,
            new() { Backbone = Backbone.SasRec, HistoryLayers = 4, HistoryHeads = 3, HistoryDropout = 1, Capsules = 0, RoutingIterations = 0, LabelAwarePower = -1 }, 1));
        foreach (string name in (string[])["HistoryLayers", "HistoryHeads", "HistoryDropout", "Capsules", "RoutingIterations", "LabelAwarePower"]) Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains("divisor of Dimension 6", Assert.Throws<ArgumentException>(() => TwoTowerRecommender.Train(Data, new() { Backbone = Backbone.SasRec, HistoryHeads = 4, Dimension = 6 }, 1)).Message, StringComparison.Ordinal);
    }
}
