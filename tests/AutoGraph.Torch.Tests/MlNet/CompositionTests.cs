using AutoGraph.TestKit;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Torch.Tests.MlNet;

public class CompositionTests
{
    private readonly SmallWorld _world = new();

    private MetapathGraphEstimator Graph => _world.AutoGraph.MetapathGraph(_world.Users(), _world.Items(), SmallWorld.Graph);

    [Fact]
    public void Append_WithCacheCheckpointBetweenSteps_GivesTheSameScores()
    {
        var direct = Graph.Append(_world.AutoGraph.Recommender(SmallWorld.Options)).Fit(_world.Split.Train);
        var cached = Graph.AppendCacheCheckpoint(_world.Context).Append(_world.AutoGraph.Recommender(SmallWorld.Options)).Fit(_world.Split.Train);
        Assert.Equal(SmallWorld.Scores(direct, _world.Split.Test), SmallWorld.Scores(cached, _world.Split.Test));
    }

    [Fact]
    public void Recommender_AfterCopyAndSelectColumns_StillFindsTheGraph()
    {
        var pipeline = Graph
            .Append(_world.Context.Transforms.CopyColumns("Copy", "UserGraphVector"))
            .Append(_world.Context.Transforms.SelectColumns("UserId", "ItemId", "Timestamp", "Copy"))
            .Append(_world.AutoGraph.Recommender(SmallWorld.Options));
        Assert.Equal(8, SmallWorld.Vectors(pipeline.Fit(_world.Split.Train).Transform(_world.Split.Test), "UserGraphVector")[0].Length);
    }

    [Fact]
    public void Recommender_AfterCacheCheckpointAndSelectOfTheVectors_StillFindsTheGraph()
    {
        var pipeline = Graph.AppendCacheCheckpoint(_world.Context)
            .Append(_world.Context.Transforms.SelectColumns("UserId", "ItemId", "Timestamp", "UserGraphVector", "ItemGraphVector"))
            .Append(_world.AutoGraph.Recommender(SmallWorld.Options, _world.Split.Validation));
        var cached = _world.Context.Data.Cache(pipeline.Fit(_world.Split.Train).Transform(_world.Split.Train));
        Assert.All(cached.GetColumn<float>("Score"), score => Assert.True(float.IsFinite(score)));
        Assert.Equal(5, cached.Preview(maxRows: 5).RowView.Length);
    }

    [Fact]
    public void Recommender_WithoutStepThreeBefore_NamesTheTransformsThatLoseTheGraph()
    {
        var error = Assert.Throws<InvalidOperationException>(() => _world.AutoGraph.Recommender(SmallWorld.Options).Fit(_world.Split.Train));
        Assert.Contains("Concatenate and SaveAsBinary lose it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Recommender_AfterConcatenate_NamesTheTransformsThatLoseTheGraph()
    {
        var pipeline = Graph
            .Append(_world.Context.Transforms.Concatenate("Both", "UserGraphVector", "ItemGraphVector"))
            .Append(_world.Context.Transforms.SelectColumns("UserId", "ItemId", "Timestamp", "Both"))
            .Append(_world.AutoGraph.Recommender(SmallWorld.Options));
        var error = Assert.Throws<InvalidOperationException>(() => pipeline.Fit(_world.Split.Train));
        Assert.Contains("Concatenate and SaveAsBinary lose it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Recommender_OverDataSavedAsBinary_NamesTheTransformsThatLoseTheGraph()
    {
        using var folder = new TempFolder();
        using (var stream = File.Create(folder.File("rows.idv")))
            _world.Context.Data.SaveAsBinary(Graph.Fit(_world.Split.Train).Transform(_world.Split.Train), stream);
        var rows = _world.Context.Data.LoadFromBinary(folder.File("rows.idv"));

        Assert.Equal(8, SmallWorld.Vectors(rows, "UserGraphVector")[0].Length);
        Assert.Throws<InvalidOperationException>(() => _world.AutoGraph.Recommender(SmallWorld.Options).Fit(rows));
    }

    [Fact]
    public void Recommender_WithoutGraph_TrainsThePlainBackboneAndNeedsNoCodes()
    {
        var model = _world.AutoGraph.Recommender(new SideTable(_world.Data.Users, "UserId"), new SideTable(_world.Data.Items, "ItemId"), SmallWorld.Options, _world.Split.Validation).Fit(_world.Split.Train);
        var view = model.Transform(_world.Split.Test);
        Assert.Null(view.Schema.GetColumnOrNull("UserGraphVector"));
        Assert.All(view.GetColumn<float>("Score"), score => Assert.True(float.IsFinite(score)));
        Assert.All(_world.AutoGraph.CreateEngine(model).Recommend("r001"), item => Assert.Empty(item.Reasons));
    }

    [Fact]
    public void GraphVectors_AsFeaturesOfABuiltInTrainer_Work()
    {
        var labelled = _world.Context.Transforms.CustomMapping<Tables.Interaction, Label>((row, label) => label.Value = row.ItemId.EndsWith('1') ? 1 : 0, null);
        var pipeline = Graph
            .Append(labelled)
            .Append(_world.Context.Transforms.Concatenate("Features", "UserGraphVector", "ItemGraphVector"))
            .Append(_world.Context.Regression.Trainers.LbfgsPoissonRegression(labelColumnName: "Value"));
        var features = SmallWorld.Vectors(Graph.Fit(_world.Split.Train).Transform(_world.Split.Train), "UserGraphVector");
        Assert.All(features.SelectMany(vector => vector), value => Assert.True(float.IsFinite(value)));
        Assert.All(pipeline.Fit(_world.Split.Train).Transform(_world.Split.Test).GetColumn<float>("Score"), score => Assert.True(float.IsFinite(score)));
    }

    [Fact]
    public void Codes_AsKeys_MapBackToTheirValues()
    {
        var model = _world.Codes().Fit(_world.Data.Items);
        var view = _world.Context.Transforms.Conversion.MapKeyToValue("Text", "Codes").Fit(model.Transform(_world.Data.Items)).Transform(model.Transform(_world.Data.Items));
        var keys = view.GetColumn<VBuffer<uint>>(view.Schema["Codes"]).Select(vector => vector.DenseValues().ToArray());
        Assert.All(keys.Zip(Tables.TextVectors(view, "Text")), row => Assert.Equal(row.First.Select(key => $"{key - 1}"), row.Second));
        Assert.All(keys.SelectMany(key => key), key => Assert.InRange(key, 1u, 4u));
        VBuffer<ReadOnlyMemory<char>> slots = default;
        view.Schema["Codes"].GetSlotNames(ref slots);
        Assert.Equal(["Level0", "Level1"], slots.DenseValues().Select(name => name.ToString()));
    }

    [Fact]
    public void Quantizer_Fit_ReportsHealthOnTransformerAndInTheLog()
    {
        var lines = new List<string>();
        _world.Context.Log += (_, line) => { lock (lines) lines.Add(line.Message); };
        var model = (TransformerChain<ResidualQuantizerTransformer>)_world.AutoGraph.SemanticVector("Semantics", "Knowledge")
            .Append(_world.AutoGraph.ResidualQuantizer("Codes", "Semantics", SmallWorld.Quantizer)).Fit(_world.Data.Items);
        Assert.Equal(2, model.LastTransformer.Health.Levels.Count);
        Assert.Contains(lines, line => line.Contains("relative error", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("of the codes in use", StringComparison.Ordinal));
    }

    [Fact]
    public void Fit_WholeChain_LogsEpochsFeaturesAndWhatIsDoubtful()
    {
        var lines = new List<string>();
        _world.Context.Log += (_, line) => { lock (lines) lines.Add(line.Message); };
        var told = new List<int>();
        var alone = SmallWorld.Graph with { Training = GraphTraining.Standalone, Epochs = 2 };
        _world.AutoGraph.MetapathGraph(_world.Users() with { SemanticColumn = "Meaning" }, _world.Items(), alone)
            .Append(_world.AutoGraph.Recommender(SmallWorld.Options with { Progress = new Told(told) })).Fit(_world.Split.Train);
        Assert.Equal([1, 2], told);
        string[] expected =
        [
            "quantizer 1/", "graph 2/2: loss", "recommender 2/2: loss", "item table: ",
            "user table: no column 'Meaning' of semantic vectors", "For want of validation rows the last one of each user validates here",
        ];
        Assert.All(expected, part => Assert.Contains(lines, line => line.Contains(part, StringComparison.Ordinal)));
        Assert.DoesNotContain(lines, line => line.Contains("item table: no column", StringComparison.Ordinal));

        lines.Clear();
        _world.AutoGraph.MetapathGraph(_world.Users(), _world.Items(), SmallWorld.Graph)
            .Append(_world.AutoGraph.Recommender(SmallWorld.Options with { Enhancement = Enhancement.FrozenVectors })).Fit(_world.Split.Train);
        Assert.Contains(lines, line => line.Contains("FrozenVectors reads a graph with its initial weights", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("For want of validation rows", StringComparison.Ordinal));
    }

    private sealed class Told(List<int> epochs) : IProgress<global::AutoGraph.Torch.Training.TrainingProgress>
    {
        public void Report(global::AutoGraph.Torch.Training.TrainingProgress value) => epochs.Add(value.Epoch);
    }

    [Fact]
    public void CrossValidationSplit_EachFoldFits()
    {
        var folds = _world.Context.Data.CrossValidationSplit(_world.Data.Interactions, numberOfFolds: 2, seed: 1);
        foreach (var fold in folds)
        {
            var model = _world.AutoGraph.Recommender(_world.Users(), _world.Items(), SmallWorld.Options).Fit(fold.TrainSet);
            Assert.True(_world.AutoGraph.Evaluate(model, fold.TestSet).SeenKept.Evaluated > 0);
        }
    }

    private sealed class Label { public float Value { get; set; } }
}
