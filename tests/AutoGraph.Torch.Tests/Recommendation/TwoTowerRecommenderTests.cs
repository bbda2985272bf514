using AutoGraph.Core.Evaluation;
using AutoGraph.Core.Interactions;
using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Training;
using Xunit;

namespace AutoGraph.Torch.Tests.Recommendation;

public sealed class TwoTowerRecommenderTests
{
    private static RecommenderData Data => ToyWorld.Data(ToyWorld.Table(ToyWorld.Rows));

    [Fact]
    public void Train_SameSeed_SameBitsAndAnotherSeedOthers()
    {
        var first = ToyWorld.Bits(TwoTowerRecommender.Train(Data, ToyWorld.Options, 1).Save());
        Assert.Equal(first, ToyWorld.Bits(TwoTowerRecommender.Train(Data, ToyWorld.Options, 1).Save()));
        Assert.NotEqual(first, ToyWorld.Bits(TwoTowerRecommender.Train(Data, ToyWorld.Options, 2).Save()));
    }

    [Theory]
    [InlineData(Enhancement.None, UserNeighbors.Latest)]
    [InlineData(Enhancement.AutoGraph, UserNeighbors.Latest)]
    [InlineData(Enhancement.AutoGraph, UserNeighbors.Sampled)]
    [InlineData(Enhancement.FrozenVectors, UserNeighbors.Latest)]
    public void Load_WrittenAndRead_ScoresKeepTheirBits(Enhancement enhancement, UserNeighbors neighbors)
    {
        var graph = MetapathGraphModel.Fit(ToyWorld.Graph(ToyWorld.Rows), ToyWorld.GraphOptions with { UserNeighbors = neighbors }, 5);
        var model = TwoTowerRecommender.Train(Data with { Graph = graph }, ToyWorld.Options with { Enhancement = enhancement }, 1);
        using var stream = new MemoryStream();
        model.Save().Write(stream);
        stream.Position = 0;
        var loaded = TwoTowerRecommender.Load(TensorDictionary.Read(stream));
        var queries = new RankingQueries([0, 5, -1, 2], [0, 0, 0, 0], [0, 3, 4, 6, 6], [1, 2, 3, 4, 5, 6]);
        var (expected, actual) = (new float[4 * ToyWorld.Items], new float[4 * ToyWorld.Items]);
        model.Score(queries, 0, 4, expected);
        loaded.Score(queries, 0, 4, actual);
        Assert.Equal(expected, actual);
        Assert.All(actual, score => Assert.True(float.IsFinite(score)));
        Assert.Equal(ToyWorld.Bits(model.Save()), ToyWorld.Bits(loaded.Save()));
    }

    [Fact]
    public void Load_MissingWeight_NamesIt()
    {
        var saved = TwoTowerRecommender.Train(Data, ToyWorld.Options, 1).Save();
        string gone = saved.Names.First(name => name.StartsWith("weights/", StringComparison.Ordinal));
        var damaged = new TensorDictionary();
        foreach (string name in saved.Names.Where(name => name != gone))
            try { damaged.Add(name, saved.Floats(name), [.. saved.ShapeOf(name)]); }
            catch (InvalidDataException) { damaged.Add(name, saved.Ints(name), [.. saved.ShapeOf(name)]); }
        Assert.Contains(gone, Assert.Throws<InvalidDataException>(() => TwoTowerRecommender.Load(damaged)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_InvalidOptions_ListsAllOfThem()
    {
        var error = Assert.Throws<ArgumentException>(() => TwoTowerRecommender.Train(Data, new() { Dimension = 0, Negatives = 0, Dropout = 1, HiddenWidths = [0] }, 1));
        foreach (string name in (string[])["Dimension", "Negatives", "Dropout", "HiddenWidths"]) Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_PartsThatDoNotFit_SayWhatWasExpectedAndFound()
    {
        Throws("found none", Data with { Graph = null });
        Throws("found 3 and 20", Data with { UserFeatures = ToyWorld.NoFeatures(3) });
        Throws("Expected training interactions", Data with { Train = ToyWorld.Table([]) });
        Throws("Expected validation rows, found none", Data with { Validation = new([], [], [0], []) });
        Throws("found 14 in row 1", Data with { Validation = new([-1, 14], [0, 1], [0, 0, 0], []) });
        Throws("Expected items from 0 to 19 in Validation, found 20 in row 0", Data with { Validation = new([0], [20], [0, 0], []) });
        Throws("found -1 in the history of row 0", Data with { Validation = new([0], [1], [0, 1], [-1]) });
        Throws("MinHistory", ToyWorld.Data(ToyWorld.Table([(0, 0), (1, 1)])));

        static void Throws(string expected, RecommenderData data) => Assert.Contains(expected,
            Assert.Throws<ArgumentException>(() => TwoTowerRecommender.Train(data, ToyWorld.Options, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_ValidationNull_HoldsOutOneSamplePerUserAndStopsEarly()
    {
        var seen = new Reports();
        var model = TwoTowerRecommender.Train(Data, ToyWorld.Options with { EarlyStopping = true, Epochs = 5, Progress = seen }, 1);
        Assert.Equal(ToyWorld.Rows.Length - ToyWorld.Users * 2 - ToyWorld.Users, model.Report.Samples);      // without the first two and the last of each user
        Assert.Equal(model.Report.Epochs.Select(e => e.ValidationNdcg), seen.All.Select(p => p.Validation));
        Assert.Equal(model.Report.Epochs.MaxBy(e => e.ValidationNdcg)!.Epoch, model.Report.BestEpoch);
        Assert.Equal(ToyWorld.Rows.Length, model.Graph!.Graph.UserToItems.EdgeCount);                         // the result knows every interaction
    }

    [Fact]
    public void Train_HoldingOutLeavesNoSample_SaysThat()
    {
        var data = ToyWorld.Data(ToyWorld.Table(Enumerable.Range(0, ToyWorld.Users).SelectMany(user => Enumerable.Range(0, 3).Select(item => (user, item)))));     // one sample each
        Assert.NotNull(TwoTowerRecommender.Train(data, ToyWorld.Options, 1));
        Assert.Contains("more than 3 training interactions, found none: one of each is held out",
            Assert.Throws<ArgumentException>(() => TwoTowerRecommender.Train(data, ToyWorld.Options with { EarlyStopping = true }, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_ValidationNullAndAGraphOfMoreRows_TrainsWithThatGraph()
    {
        var later = ToyWorld.Table(ToyWorld.Rows.GroupBy(row => row.User).SelectMany(own => own.Skip(3)));
        double[] Losses(InteractionTable graph) => [.. TwoTowerRecommender.Train(ToyWorld.Data(later) with { Graph = ToyWorld.Data(graph).Graph },
            ToyWorld.Options with { EarlyStopping = true }, 1).Report.Epochs.Select(epoch => epoch.Loss)];
        Assert.Equal(Losses(later), Losses(later));
        Assert.NotEqual(Losses(later), Losses(ToyWorld.Table(ToyWorld.Rows)));
    }

    [Fact]
    public void Train_Cancelled_StopsInTheMiddle()
    {
        using var source = new CancellationTokenSource();
        var seen = new Reports { OnReport = source.Cancel };
        Assert.Throws<OperationCanceledException>(() => TwoTowerRecommender.Train(Data, ToyWorld.Options with { Epochs = 50, CancellationToken = source.Token, Progress = seen }, 1));
        Assert.Single(seen.All);
    }

    private sealed class Reports : IProgress<TrainingProgress>
    {
        public List<TrainingProgress> All { get; } = [];

        public Action? OnReport { get; init; }

        public void Report(TrainingProgress value)
        {
            All.Add(value);
            OnReport?.Invoke();
        }
    }
}
