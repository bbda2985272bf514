using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Tests.Recommendation;
using AutoGraph.Torch.Training;
using Xunit;

namespace AutoGraph.Torch.Tests.Attention;

public sealed class MetapathGraphModelTests
{
    private static readonly MetapathGraphOptions Standalone = ToyWorld.GraphOptions with { Training = GraphTraining.Standalone, Epochs = 4, LearningRate = 0.01 };

    private static MetapathGraphModel Fit(MetapathGraphOptions options, int seed = 5) => MetapathGraphModel.Fit(ToyWorld.Graph(ToyWorld.Rows), options, seed);

    [Fact]
    public void Fit_Standalone_LearnsAndReportsEachEpoch()
    {
        var progress = new Reports();
        var trained = Fit(Standalone with { Epochs = 12, BatchSize = 32, LearningRate = 0.02, Progress = progress });
        Assert.Equal(Enumerable.Range(1, 12), progress.All.Select(p => p.Epoch));
        Assert.All(progress.All, p => Assert.Equal(("graph", 12), (p.Stage, p.Epochs)));
        Assert.True(progress.All[^1].Loss < progress.All[0].Loss - 0.05, $"{progress.All[0].Loss} → {progress.All[^1].Loss}");
        Assert.NotEqual(Fit(ToyWorld.GraphOptions).UserVectors.ToArray(), trained.UserVectors.ToArray());
    }

    [Fact]
    public void Fit_GraphOfOtherLevelsThanTheOptions_Refuses() =>
        Assert.Contains("Expected a graph of 1 levels, as FactorLevels says, found 2", Assert.Throws<ArgumentException>(() => Fit(ToyWorld.GraphOptions with { FactorLevels = 1 })).Message, StringComparison.Ordinal);

    [Fact]
    public void Fit_Seeds_SameSeedSameBitsOtherSeedOtherBits()
    {
        Assert.Equal(ToyWorld.Bits(Fit(Standalone).Save()), ToyWorld.Bits(Fit(Standalone).Save()));
        Assert.NotEqual(ToyWorld.Bits(Fit(Standalone).Save()), ToyWorld.Bits(Fit(Standalone, 6).Save()));
    }

    [Theory]
    [InlineData(Metapaths.All, false)]
    [InlineData(Metapaths.Interaction, true)]
    [InlineData(Metapaths.None, false)]
    public void Save_ThenLoad_SameVectorsWeightsAndGraph(Metapaths paths, bool literal)
    {
        var model = Fit(Standalone with { Metapaths = paths, Literal = literal });
        using var stream = new MemoryStream();
        model.Save().Write(stream);
        stream.Position = 0;
        var loaded = MetapathGraphModel.Load(TensorDictionary.Read(stream));
        Assert.Equal(ToyWorld.Bits(model.Save()), ToyWorld.Bits(loaded.Save()));
        Assert.Equal((paths, literal, 8), (loaded.Options.Metapaths, loaded.Options.Literal, loaded.Options.Dimension));
        Assert.Equal(model.Graph.ItemToUsers.Columns.ToArray(), loaded.Graph.ItemToUsers.Columns.ToArray());
        Assert.Equal(model.UserVectors.ToArray(), loaded.UserVectors.ToArray());
    }

    [Theory]
    [InlineData(1, 0, UserNeighbors.Latest)]
    [InlineData(2, 0.1, UserNeighbors.Latest)]
    [InlineData(3, 1.0 / 3, UserNeighbors.Sampled)]
    public void Save_ThenLoadLayersAndDropout_SameVectorsOptionsAndFurtherTraining(int layers, double dropout, UserNeighbors neighbors)
    {
        var model = Fit(Standalone with { Layers = layers, Dropout = dropout, UserNeighbors = neighbors });
        var loaded = MetapathGraphModel.Load(model.Save());
        Assert.Equal(ToyWorld.Bits(model.Save()), ToyWorld.Bits(loaded.Save()));
        Assert.Equal((layers, dropout, 5), (loaded.Options.Layers, loaded.Options.Dropout, loaded.Seed));
        Assert.Equal(model.ItemVectors.ToArray(), loaded.ItemVectors.ToArray());
        Assert.Equal(layers - 1, model.Save().Names.Count(name => name.StartsWith("weights.laterItemsToUsers", StringComparison.Ordinal) && name.EndsWith("self", StringComparison.Ordinal)));
    }

    [Fact]
    public void Load_FileFromBeforeThereWereLayers_HasOneAndNoDropout()
    {
        var model = Fit(Standalone);
        var loaded = MetapathGraphModel.Load(WithOptions(model.Save(), options => options[..13]));
        Assert.Equal((1, 0.0, model.Options.Heads), (loaded.Options.Layers, loaded.Options.Dropout, loaded.Options.Heads));
        Assert.Equal(ToyWorld.Bits(model.Save(), name => name != "options"), ToyWorld.Bits(loaded.Save(), name => name != "options"));
        Assert.Contains("found 14", Assert.Throws<InvalidDataException>(() => MetapathGraphModel.Load(WithOptions(model.Save(), options => options[..14]))).Message, StringComparison.Ordinal);
        Assert.Contains("Dropout", Assert.Throws<InvalidDataException>(() => MetapathGraphModel.Load(WithOptions(model.Save(), options => [.. options[..16], -1]))).Message, StringComparison.Ordinal);
    }

    private static TensorDictionary WithOptions(TensorDictionary saved, Func<int[], int[]> change)
    {
        var changed = new TensorDictionary();
        foreach (string name in saved.Names)
            if (name == "options" && change(saved.Ints(name)) is var options) changed.Add(name, options, options.Length);
            else try { changed.Add(name, saved.Floats(name), [.. saved.ShapeOf(name)]); }
                catch (InvalidDataException) { changed.Add(name, saved.Ints(name), [.. saved.ShapeOf(name)]); }
        return changed;
    }

    [Theory]
    [InlineData("weights.users.nodes")]
    [InlineData("graph.user_offsets")]
    [InlineData("codes.item")]
    [InlineData("options")]
    public void Load_EntryMissing_NamesIt(string missing)
    {
        var (saved, damaged) = (Fit(ToyWorld.GraphOptions).Save(), new TensorDictionary());
        foreach (string name in saved.Names.Where(name => name != missing))
            try { damaged.Add(name, saved.Floats(name), [.. saved.ShapeOf(name)]); }
            catch (InvalidDataException) { damaged.Add(name, saved.Ints(name), [.. saved.ShapeOf(name)]); }
        Assert.Contains(missing.Replace("weights.", "", StringComparison.Ordinal), Assert.Throws<InvalidDataException>(() => MetapathGraphModel.Load(damaged)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_InvalidOptions_ListsAllProblems()
    {
        var error = Assert.Throws<ArgumentException>(() => Fit(new()
        {
            Training = (GraphTraining)7, FactorLevels = 0, Dimension = 9, Heads = 2, Layers = 4, Dropout = 1, NeighborSample = 0, Metapaths = (Metapaths)8, UnknownRate = 0.6,
            Epochs = 0, BatchSize = 0, Negatives = 0, LearningRate = double.NaN, WeightDecay = -1,
        }));
        foreach (string name in new[] { "Training", "FactorLevels", "Dimension", "Layers", "Dropout", "NeighborSample", "Metapaths", "UnknownRate", "Epochs", "BatchSize", "Negatives", "LearningRate", "WeightDecay" })
            Assert.Contains(name + ":", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_NoInteractions_SaysSoAndJointStillBuilds()
    {
        Assert.Throws<InvalidOperationException>(() => MetapathGraphModel.Fit(ToyWorld.Graph([]), Standalone, 1));
        Assert.All(MetapathGraphModel.Fit(ToyWorld.Graph([]), ToyWorld.GraphOptions, 1).UserVectors.ToArray(), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Fit_Cancelled_Stops()
    {
        using var source = new CancellationTokenSource();
        var progress = new Reports { Then = report => { if (report.Epoch == 2) source.Cancel(); } };
        Assert.Throws<OperationCanceledException>(() => Fit(Standalone with { Epochs = 1000, Progress = progress, CancellationToken = source.Token }));
        Assert.Equal(2, progress.All.Count);
    }

    private sealed class Reports : IProgress<TrainingProgress>
    {
        public List<TrainingProgress> All { get; } = [];
        public Action<TrainingProgress>? Then { get; init; }
        public void Report(TrainingProgress value)
        {
            All.Add(value);
            Then?.Invoke(value);
        }
    }
}
