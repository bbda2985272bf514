using AutoGraph.Torch.Tests.MlNet;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using OnnxScoring;
using Xunit;

namespace AutoGraph.Torch.Tests.Export;

/// <summary>Scores of exported recommenders in ONNX Runtime against those of the engine.</summary>
public sealed class OnnxExportTests(ExportWorld world) : IClassFixture<ExportWorld>
{
    private const float Tolerance = 1e-5f;
    private static readonly RequestOptions All = new() { ExcludeSeen = false };

    public static TheoryData<Backbone, Enhancement> Combinations
    {
        get
        {
            var data = new TheoryData<Backbone, Enhancement>();
            foreach (var backbone in Enum.GetValues<Backbone>())
                foreach (var enhancement in new[] { Enhancement.None, Enhancement.AutoGraph, Enhancement.AutoGraph | Enhancement.Kar }) data.Add(backbone, enhancement);
            return data;
        }
    }

    [Theory, MemberData(nameof(Combinations))]
    public void ExportOnnx_EachBackboneAndEnhancement_ScoresAsTheEngine(Backbone backbone, Enhancement enhancement) =>
        ExpectTheScoresOfTheEngine(world.Fit(ExportWorld.Options with { Backbone = backbone, Enhancement = enhancement }));

    [Theory, InlineData(Backbone.Mind), InlineData(Backbone.Gru4Rec), InlineData(Backbone.SasRec)]
    public void ExportOnnx_OtherSizes_ScoresAsTheEngine(Backbone backbone) =>
        ExpectTheScoresOfTheEngine(world.Fit(ExportWorld.Options with { Backbone = backbone, Enhancement = Enhancement.AutoGraph, HistoryLayers = 1, HistoryHeads = 1, ConcatenateCapsules = true, Capsules = 2, RoutingIterations = 1, HiddenWidths = [], EnhancedHistory = false }));

    [Fact]
    public void ExportOnnx_SampledUserVectors_ScoresAsTheEngine() => ExpectTheScoresOfTheEngine(Enhanced(Enhancement.AutoGraph, SmallWorld.Graph with { UserNeighbors = UserNeighbors.Sampled }));

    [Fact]
    public void ExportOnnx_AttentionV2WithGates_ScoresAsTheEngine() => ExpectTheScoresOfTheEngine(Enhanced(Enhancement.AutoGraph, SmallWorld.Graph with { AttentionV2 = true, Gates = true, NeighborSample = 9 }));

    [Fact]
    public void ExportOnnx_LiteralGraph_ScoresAsTheEngine() => ExpectTheScoresOfTheEngine(Enhanced(Enhancement.AutoGraph, SmallWorld.Graph with { Literal = true, NeighborSample = 3 }));

    [Fact]
    public void ExportOnnx_ThreeRoundsOfTheGraph_ScoresAsTheEngine() => ExpectTheScoresOfTheEngine(Enhanced(Enhancement.AutoGraph | Enhancement.Kar, SmallWorld.Graph with { Layers = 3, NeighborSample = 5 }));

    [Theory]
    [InlineData(Enhancement.FrozenVectors)]
    [InlineData(Enhancement.HistoryField)]
    [InlineData(Enhancement.Uist | Enhancement.LightGcn)]
    [InlineData(Enhancement.AutoGraph | Enhancement.HistoryField | Enhancement.LightGcn | Enhancement.Kar | Enhancement.Uist)]
    public void ExportOnnx_OtherEnhancements_ScoresAsTheEngine(Enhancement enhancement) => ExpectTheScoresOfTheEngine(Enhanced(enhancement, null));

    [Fact]
    public void ExportOnnx_OfAnEngine_HasWhatJoinedAndNotWhatLeft()
    {
        using var engine = world.AutoGraph.CreateEngine(Enhanced(Enhancement.AutoGraph | Enhancement.Kar, null));
        engine.AddItem(new NewItem("fresh") { Values = new Dictionary<string, object> { ["Knowledge"] = "A quiet tale of the sea.", ["Genre"] = "Mystery" } });
        engine.AddUser(new NewUser("guest") { Values = new Dictionary<string, object> { ["City"] = "City 1", ["Age"] = 33f }, SemanticVector = world.Rows[3].Semantics, History = [world.ItemIds[0]] });
        engine.RemoveItem(world.ItemIds[2]);
        engine.RemoveUser(world.UserIds[0]);
        using var export = new Exported(engine.ExportOnnx);
        ExpectTheScoresOf(engine, export, [.. world.Queries, ("guest", [world.ItemIds[1], "fresh"]), (null, ["fresh"])]);
        using var recommender = new OnnxRecommender(export.Folder);
        Assert.Equal((world.ItemIds.Length, -1, world.UserIds.Length - 1, world.ItemIds.Length - 1), (recommender.PositionOf("items", world.ItemIds[2]), recommender.PositionOf("users", world.UserIds[0]), recommender.PositionOf("users", "guest"), recommender.PositionOf("items", "fresh")));
    }

    [Fact]
    public void Recommend_OfTheSample_IsWhatTheEngineRecommends()
    {
        var model = Enhanced(Enhancement.AutoGraph, null);
        using var export = new Exported(world, model);
        using var recommender = new OnnxRecommender(export.Folder);
        using var engine = world.AutoGraph.CreateEngine(model);
        foreach (var (user, history) in world.Queries)
        {
            var (expected, found) = (engine.RecommendFor(history, 10, userId: user), recommender.Recommend(history, 10, user).ToArray());
            Assert.Equal(expected.Select(item => item.ItemId), found.Select(item => item.Item));
            Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First.Score, pair.Second.Score, Tolerance));
        }
    }

    [Fact]
    public void ItemScores_GivenItems_ScoresThemAndTheMeanForUnknownOnes()
    {
        var model = Enhanced(Enhancement.AutoGraph, null);
        using var export = new Exported(world, model);
        string[] items = [world.ItemIds[8], "unknown", world.ItemIds[0]];
        using var scores = new InferenceSession(export.File("item_scores.onnx"));
        using var tower = new InferenceSession(export.File("user_tower.onnx"));
        using var vectors = tower.Run(Inputs(tower, Numbers([2, 2], 4, 5, 6, -1), Numbers([2], -1, -1)));
        using var found = scores.Run([NamedOnnxValue.CreateFromTensor("user_vectors", vectors[0].AsTensor<float>()), NamedOnnxValue.CreateFromTensor("items", Numbers([1, 3], 8, -1, 0))]);
        using var each = scores.Run([NamedOnnxValue.CreateFromTensor("user_vectors", vectors[0].AsTensor<float>()), NamedOnnxValue.CreateFromTensor("items", Numbers([2, 3], 8, -1, 0, 0, 8, -1))]);
        string[][] histories = [[world.ItemIds[4], world.ItemIds[5]], [world.ItemIds[6]]];
        for (int row = 0; row < 2; row++)
        {
            var view = world.Context.Data.LoadFromEnumerable(items.Select(item => new Row { UserId = "nobody", ItemId = item, History = histories[row] }).ToList());
            var expected = SmallWorld.Scores(model, view);
            Assert.All(Enumerable.Range(0, 3), place => Assert.Equal(expected[place], found[0].AsTensor<float>()[row, place], Tolerance));
            Assert.All(Enumerable.Range(0, 3), place => Assert.Equal(expected[row == 0 ? place : (place + 2) % 3], each[0].AsTensor<float>()[row, place], Tolerance));
        }
    }

    private ITransformer Enhanced(Enhancement enhancement, MetapathGraphOptions? graph) => world.Fit(ExportWorld.Options with { Enhancement = enhancement }, graph);

    private void ExpectTheScoresOfTheEngine(ITransformer model)
    {
        using var export = new Exported(world, model);
        using var engine = world.AutoGraph.CreateEngine(model);
        ExpectTheScoresOf(engine, export, world.Queries);
    }

    // all queries in one batch, padded before or behind, and each by itself
    private static void ExpectTheScoresOf(RecommendationEngine engine, Exported export, (string? User, string[] History)[] queries)
    {
        using var recommender = new OnnxRecommender(export.Folder);
        using var tower = new InferenceSession(export.File("user_tower.onnx"));
        using var scores = new InferenceSession(export.File("item_scores.onnx"));
        int expectedItems = engine.RecommendFor([], int.MaxValue, All).Count;
        int longest = queries.Max(query => query.History.Length) + 1;
        var (histories, users) = (new DenseTensor<long>([queries.Length, longest]), new DenseTensor<long>([queries.Length]));
        histories.Fill(-1);
        for (int row = 0; row < queries.Length; row++)
        {
            var (user, history) = queries[row];
            users[row] = user is null ? -1 : recommender.PositionOf("users", user);
            for (int place = 0; place < history.Length; place++) histories[row, (row % 2 == 0 ? 0 : longest - history.Length) + place] = recommender.PositionOf("items", history[place]);
        }
        using var vectors = tower.Run(Inputs(tower, histories, users));
        using var results = scores.Run([NamedOnnxValue.CreateFromTensor("user_vectors", vectors[0].AsTensor<float>()), NamedOnnxValue.CreateFromTensor("items", Numbers([1, expectedItems], [.. Enumerable.Range(0, expectedItems)]))]);
        var batch = results[0].AsTensor<float>();
        var rows = new List<float[]>();
        for (int row = 0; row < queries.Length; row++)
        {
            var (user, history) = queries[row];
            var expected = engine.RecommendFor(history, int.MaxValue, All, user);
            float[] alone = recommender.Scores(history, user);
            Assert.Equal(expected.Count, alone.Length);
            foreach (var item in expected)
            {
                int place = (int)recommender.PositionOf("items", item.ItemId);
                Assert.Equal(item.Score, batch[row, place], Tolerance);
                Assert.Equal(item.Score, alone[place], Tolerance);
            }
            rows.Add(alone);
        }
        Assert.True(rows[5].Zip(rows[7], (a, b) => Math.Abs(a - b)).Max() > 0.01f, "The model hardly reads the history: the comparison would prove nothing.");
    }

    // all features absent
    private static List<NamedOnnxValue> Inputs(InferenceSession tower, DenseTensor<long> histories, DenseTensor<long> users)
    {
        var inputs = new List<NamedOnnxValue> { NamedOnnxValue.CreateFromTensor("history", histories), NamedOnnxValue.CreateFromTensor("user", users) };
        foreach (var (name, input) in tower.InputMetadata.Where(input => input.Key.StartsWith("feature_", StringComparison.Ordinal)))
        {
            int[] shape = [.. input.Dimensions.Select((size, axis) => axis == 0 ? users.Dimensions[0] : Math.Max(1, size))];
            if (input.ElementType == typeof(long)) inputs.Add(NamedOnnxValue.CreateFromTensor(name, Filled(shape, -1L)));
            else inputs.Add(NamedOnnxValue.CreateFromTensor(name, Filled(shape, float.NaN)));
        }
        return inputs;
    }

    private static DenseTensor<T> Filled<T>(int[] shape, T value)
    {
        var tensor = new DenseTensor<T>(shape);
        tensor.Fill(value);
        return tensor;
    }

    private static DenseTensor<long> Numbers(int[] shape, params int[] values) => new(Array.ConvertAll(values, value => (long)value), shape);

    private sealed class Row
    {
        public string UserId { get; set; } = "";
        public string ItemId { get; set; } = "";
        public string[] History { get; set; } = [];
    }
}
