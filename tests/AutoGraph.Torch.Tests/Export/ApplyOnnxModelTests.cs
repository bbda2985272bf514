using AutoGraph.Torch.Tests.MlNet;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Torch.Tests.Export;

/// <summary>Exported recommenders in ML.NET's own transform.</summary>
public sealed class ApplyOnnxModelTests(ExportWorld world) : IClassFixture<ExportWorld>
{
    private const int Length = 8, Candidates = 3;

    [Theory, InlineData(Backbone.Mind), InlineData(Backbone.Gru4Rec)]
    public void ApplyOnnxModel_TowerThenScores_IsTheScoreOfTheModel(Backbone backbone)
    {
        var model = world.Fit(ExportWorld.Options with { Backbone = backbone, Enhancement = Enhancement.AutoGraph | Enhancement.Kar });
        using var export = new Exported(world, model);
        var transforms = world.Context.Transforms;
        var pipeline = transforms.ApplyOnnxModel(["user_vectors"], ["history", "user", "feature_City", "feature_Age", "feature_Tastes", "feature_Semantics"], export.File("user_tower.onnx"), new Dictionary<string, int[]> { ["history"] = [1, Length], ["feature_Tastes"] = [1, 1] }, recursionLimit: 100)
            .Append(transforms.ApplyOnnxModel(["scores"], ["user_vectors", "items"], export.File("item_scores.onnx"), new Dictionary<string, int[]> { ["items"] = [1, Candidates] }, recursionLimit: 100));
        long[][] histories = [[-1, -1, -1, -1, -1, -1, 9, 4], [0, 1, 2, 3, 4, 5, 6, 7]];
        var view = world.Context.Data.LoadFromEnumerable(histories.Select((history, row) => new Request { history = history, user = [row], items = [5, 11, row] }).ToList());
        float[][] found = SmallWorld.Vectors(pipeline.Fit(view).Transform(view), "scores");

        using var engine = world.AutoGraph.CreateEngine(model);
        for (int row = 0; row < histories.Length; row++)
        {
            var expected = engine.RecommendFor(histories[row].Where(item => item >= 0).Select(item => world.ItemIds[item]), int.MaxValue, new RequestOptions { ExcludeSeen = false }, world.UserIds[row]).ToDictionary(item => item.ItemId, item => item.Score);
            Assert.Equal(Candidates, found[row].Length);
            foreach (var (item, score) in ((int[])[5, 11, row]).Zip(found[row])) Assert.Equal(expected[world.ItemIds[item]], score, 1e-5f);
        }
    }

    // named as the inputs are
    private sealed class Request
    {
        [VectorType(1)]
        public long[] feature_City { get; set; } = [-1];

        [VectorType(1)]
        public float[] feature_Age { get; set; } = [float.NaN];

        [VectorType(1)]
        public long[] feature_Tastes { get; set; } = [-1];

        [VectorType(6)]
        public float[] feature_Semantics { get; set; } = [.. Enumerable.Repeat(float.NaN, 6)];

        [VectorType(Length)]
        public long[] history { get; set; } = [];

        [VectorType(1)]
        public long[] user { get; set; } = [];

        [VectorType(Candidates)]
        public long[] items { get; set; } = [];
    }
}
