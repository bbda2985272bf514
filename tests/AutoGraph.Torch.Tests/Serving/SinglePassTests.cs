using AutoGraph.Torch.Tests.MlNet;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Torch.Tests.Serving;

/// <summary>What an engine refuses to add: nodes that no single forward pass makes, and rows that are no numbers.</summary>
public sealed class SinglePassTests
{
    private readonly SmallWorld world = new();

    private RecommendationEngine Engine() => world.AutoGraph.CreateEngine(world.AutoGraph.MetapathGraph(world.Users(), world.Items(), SmallWorld.Graph with { Pairwise = true })
        .Append(world.AutoGraph.Recommender(SmallWorld.Options, world.Split.Validation)).Fit(world.Split.Train));

    [Fact]
    public void AddInteractions_PairwiseGraph_GrowTheHistoryAndKeepTheState()
    {
        using var engine = Engine();
        string user = world.Data.Users.GetColumn<string>("UserId").First(), best = engine.Recommend(user, 1)[0].ItemId;
        var before = engine.Snapshot.Users;
        engine.AddInteractions(user, best);
        Assert.DoesNotContain(best, engine.Recommend(user, 1000).Select(item => item.ItemId));
        int position = before.Ids.PositionOf(user);
        Assert.Equal(before.States[position].ToArray(), engine.Snapshot.Users.States[position].ToArray());
        Assert.Equal(engine.Snapshot.Items.Ids.PositionOf(best), engine.Snapshot.Users.Histories[position][0].Span[^1]);
    }

    [Fact]
    public void AddItem_NumbersTooLargeForTheContentTerm_IsRefusedAndServesOn()
    {
        using var engine = world.AutoGraph.CreateEngine(world.AutoGraph.MetapathGraph(world.Users(), world.Items(), SmallWorld.Graph)
            .Append(world.AutoGraph.Recommender(SmallWorld.Options with { Enhancement = Enhancement.AutoGraph }, world.Split.Validation)).Fit(world.Split.Train));
        string user = world.Data.Users.GetColumn<string>("UserId").First();
        var vector = new float[engine.Snapshot.Items.Content.Width];
        vector[0] = 3e38f;
        var error = Assert.Throws<ArgumentException>(() => engine.AddItem(new NewItem("new") { Values = new Dictionary<string, object> { ["Genre"] = "sea" }, SemanticVector = vector }));
        Assert.Contains("its vectors are not finite", error.Message, StringComparison.Ordinal);
        Assert.Equal(5, engine.Recommend(user, 5, new RequestOptions { ContentWeight = 1 }).Count);
    }

    [Fact]
    public void AddItem_PairwiseGraph_IsRefusedAndServesOn()
    {
        using var engine = Engine();
        string user = world.Data.Users.GetColumn<string>("UserId").First();
        var before = engine.Recommend(user, 5);
        var error = Assert.Throws<NotSupportedException>(() => engine.AddItem(new NewItem("new") { Values = new Dictionary<string, object> { ["Knowledge"] = "A quiet tale of the sea." } }));
        Assert.Contains("Pairwise", error.Message, StringComparison.Ordinal);
        Assert.Equal(before.Select(item => (item.ItemId, item.Score)), engine.Recommend(user, 5).Select(item => (item.ItemId, item.Score)));
    }
}
