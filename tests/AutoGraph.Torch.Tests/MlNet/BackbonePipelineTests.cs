using AutoGraph.TestKit;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Torch.Tests.MlNet;

/// <summary>Every backbone as an ML.NET estimator, with the graph and without.</summary>
public class BackbonePipelineTests(WorldFixture fixture) : IClassFixture<WorldFixture>
{
    private SmallWorld World => fixture.World;

    public static TheoryData<Backbone, bool> Combinations
    {
        get
        {
            var data = new TheoryData<Backbone, bool>();
            foreach (var backbone in new[] { Backbone.Mind, Backbone.Gru4Rec, Backbone.SasRec })
                foreach (bool graph in new[] { false, true }) data.Add(backbone, graph);
            return data;
        }
    }

    [Theory, MemberData(nameof(Combinations))]
    public void Fit_EachBackbone_ViewEngineEvaluationAndLoadedModelAgree(Backbone backbone, bool graph)
    {
        var options = SmallWorld.Options with { Backbone = backbone, HistoryLayers = 2, HistoryHeads = 2 };
        ITransformer model = graph
            ? World.AutoGraph.MetapathGraph(World.Users(), World.Items(), SmallWorld.Graph).Append(World.AutoGraph.Recommender(options, World.Split.Validation)).Fit(World.Split.Train)
            : World.AutoGraph.Recommender(new SideTable(World.Data.Users, "UserId"), new SideTable(World.Data.Items, "ItemId"), options, World.Split.Validation).Fit(World.Split.Train);

        var scores = SmallWorld.Scores(model, World.Split.Test);
        Assert.All(scores, score => Assert.True(float.IsFinite(score)));

        string user = World.Split.Test.GetColumn<string>("UserId").First();
        var best = World.AutoGraph.CreateEngine(model).Recommend(user, count: 5);
        Assert.Equal(5, best.Count);
        Assert.Equal(best.Select(item => item.Score), SmallWorld.Scores(model, Tables.Interactions(World.Context, [.. best.Select(item => (user, item.ItemId, 0L))])), (a, b) => Math.Abs(a - b) < 1e-5);

        using var folder = new TempFolder();
        World.Context.Model.Save(model, World.Split.Train.Schema, folder.File("model.zip"));
        var loaded = new MLContext().Model.Load(folder.File("model.zip"), out _);
        Assert.Equal(scores, SmallWorld.Scores(loaded, World.Split.Test));
        Assert.Equal(World.AutoGraph.Evaluate(model, World.Split.Test).ToString(), World.AutoGraph.Evaluate(loaded, World.Split.Test).ToString());
    }
}
