using AutoGraph.Torch.Tests.MlNet;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Torch.Tests.Serving;

/// <summary>Forms of the graph attention to which no single forward pass adds a node.</summary>
public sealed class SinglePassTests
{
    [Fact]
    public void AddUser_PairwiseGraph_IsRefusedAndServesOn()
    {
        var world = new SmallWorld();
        var model = world.AutoGraph.MetapathGraph(world.Users(), world.Items(), SmallWorld.Graph with { Pairwise = true })
            .Append(world.AutoGraph.Recommender(SmallWorld.Options, world.Split.Validation)).Fit(world.Split.Train);
        var engine = world.AutoGraph.CreateEngine(model);
        string user = world.Data.Users.GetColumn<string>("UserId").First();
        var before = engine.Recommend(user, 5);
        var error = Assert.Throws<NotSupportedException>(() => engine.AddItem(new NewItem("new") { Values = new Dictionary<string, object> { ["Knowledge"] = "A quiet tale of the sea." } }));
        Assert.Contains("Pairwise", error.Message, StringComparison.Ordinal);
        Assert.Equal(before.Select(item => (item.ItemId, item.Score)), engine.Recommend(user, 5).Select(item => (item.ItemId, item.Score)));
    }
}
