using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Quantization;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Tests.Recommendation;
using AutoGraph.Torch.Training;
using TorchSharp;
using Xunit;

namespace AutoGraph.Torch.Tests.Training;

/// <summary>Native memory: training steps leave no tensor behind (counted on the training thread after each epoch).</summary>
[Collection(nameof(Sequential))]
public sealed class LiveTensorTests
{
    [Theory]
    [InlineData(Backbone.YouTubeDnn)]
    [InlineData(Backbone.Mind)]
    [InlineData(Backbone.Gru4Rec)]
    [InlineData(Backbone.SasRec)]
    public void Recommender_OverEpochs_LiveTensorsStayConstant(Backbone backbone)
    {
        var data = ToyWorld.Data(ToyWorld.Table(ToyWorld.Rows));
        AssertConstant(count => TwoTowerRecommender.Train(data, ToyWorld.Options with { Backbone = backbone, HistoryLayers = 2, Epochs = 6, Progress = count }, 1));
    }

    [Theory]
    [InlineData(RankingLoss.SampledSoftmax, NegativeSource.InBatch)]
    [InlineData(RankingLoss.Bpr, NegativeSource.SharedPopularity)]
    [InlineData(RankingLoss.FullSoftmax, NegativeSource.Uniform)]
    public void Recommender_SharedCandidatesClippingAndPlateau_LiveTensorsStayConstant(RankingLoss loss, NegativeSource source)
    {
        var data = ToyWorld.Data(ToyWorld.Table(ToyWorld.Rows));
        AssertConstant(count => TwoTowerRecommender.Train(data, ToyWorld.Options with
        {
            Loss = loss,
            NegativeSource = source,
            GradientClip = 0.1,
            EarlyStopping = true,
            Schedule = LearningRateSchedule.Plateau,
            Patience = 1,
            Decays = 9,
            Epochs = 9,
            Progress = count,
        }, 1));
    }

    [Theory]
    [InlineData(false, false, false, 1)]
    [InlineData(false, false, false, 3)]
    [InlineData(true, false, true, 2)]
    [InlineData(false, true, true, 1)]
    public void GraphPretraining_OverEpochs_LiveTensorsStayConstant(bool attentionV2, bool pairwise, bool content, int layers) => AssertConstant(count => MetapathGraphModel.Fit(
        ToyWorld.Graph(ToyWorld.Rows), ToyWorld.GraphOptions with { Training = GraphTraining.Standalone, AttentionV2 = attentionV2, Pairwise = pairwise, ContentNodes = content, Gates = content, Layers = layers, Dropout = 0.1 * (layers - 1), Epochs = 6, Progress = count }, 1, content: ToyWorld.Content));

    [Fact]
    public void Quantizer_OverEpochs_LiveTensorsStayConstant()
    {
        var random = new Random(1);
        float[] vectors = [.. Enumerable.Range(0, 200 * 6).Select(_ => random.NextSingle())];
        AssertConstant(count => ResidualVectorQuantizer.Fit(vectors, 6,
            new() { HiddenWidths = [8], Dimension = 4, CodebookSize = 8, Levels = 2, WarmUpEpochs = 6, Epochs = 6, BatchSize = 32, Progress = count }, 1), 6);
    }

    [Theory]
    [InlineData(Quantizer.ResidualKMeans, 1)]
    [InlineData(Quantizer.Lsh, 0)]
    [InlineData(Quantizer.HierarchicalClustering, 8)]      // code vectors of the level's nodes
    public void Quantizer_OverLevels_KeepsOnlyCodeVectors(Quantizer quantizer, int aLevel)
    {
        var random = new Random(1);
        float[] vectors = [.. Enumerable.Range(0, 200 * 6).Select(_ => random.NextSingle())];
        var counter = new Counter();
        ResidualVectorQuantizer.Fit(vectors, 6, new() { Quantizer = quantizer, CodebookSize = 8, Levels = 6, Progress = counter }, 1);
        Assert.Equal(6, counter.Counts.Count);
        Assert.All(counter.Counts.Zip(counter.Counts.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 0, aLevel));
    }

    private static void AssertConstant(Action<Counter> train, int phase = 12)
    {
        var counter = new Counter();
        train(counter);
        Assert.True(counter.Counts.Count >= 6);
        foreach (var counts in counter.Counts.Chunk(phase)) Assert.All(counts.Skip(1), count => Assert.Equal(counts[1], count));
    }

    private sealed class Counter : IProgress<TrainingProgress>
    {
        public List<long> Counts { get; } = [];

        public void Report(TrainingProgress value) => Counts.Add(DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }
}
