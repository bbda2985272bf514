using AutoGraph.TestKit;
using AutoGraph.Torch.Tests.MlNet;
using Xunit;

namespace AutoGraph.Torch.Tests.Serving;

/// <summary>An engine over a graph of several layers: what joins is computed round by round over the states that its neighbours had in each.</summary>
public sealed class LayeredInsertionTests(LayeredInsertionTests.LayeredWorld world) : IClassFixture<LayeredInsertionTests.LayeredWorld>
{
    public sealed class LayeredWorld() : ServedWorld(SmallWorld.Graph with { Layers = 3, Dropout = 0.1 });

    [Fact]
    public void UpdateAll_UnchangedValues_GivesWhatTheyHad()
    {
        using var engine = world.Engine();
        var before = engine.Snapshot;
        var answers = world.Users.Keys.Select(user => engine.Recommend(user, 5)).ToArray();
        Assert.Equal(3 * 8, before.Items.Nodes[0].Length);
        foreach (var (id, values) in world.Items) engine.UpdateItem(new NewItem(id) { Values = values });
        InsertionTests.Same(before, engine.Snapshot);
        engine.UpdateUsers([.. world.Users.Select(user => new NewUser(user.Key) { Values = user.Value })]);
        foreach (var (user, expected) in world.Users.Keys.Zip(answers)) InsertionTests.Close(expected, engine.Recommend(user, 5));
        for (int user = 0; user < world.Users.Count; user++)
            foreach (var (a, b) in before.Users.Nodes[user].ToArray().Zip(engine.Snapshot.Users.Nodes[user].ToArray())) Assert.Equal(a, b, 1e-5f * (1 + Math.Abs(a)));
    }

    [Fact]
    public void AddItemAndUser_OneAfterTheOther_EachReadsTheOtherAndAllOthersStay()
    {
        using var engine = world.Engine();
        var before = engine.Snapshot;
        engine.AddItem(new NewItem("item") { Values = world.Items[world.ColdItem], Users = [.. world.Users.Keys.Take(3)] });
        engine.AddUser(new NewUser("user") { Values = world.Users[world.ColdUser], History = ["item"] });
        engine.AddUser(new NewUser("idle") { Values = world.Users[world.ColdUser] });
        var (items, users) = (engine.Snapshot.Items, engine.Snapshot.Users);
        int item = items.Ids.PositionOf("item"), cold = items.Ids.PositionOf(world.ColdItem), user = users.Ids.PositionOf("user"), idle = users.Ids.PositionOf("idle");
        for (int round = 0; round < 3; round++)         // semantic states are alike, interactions move the rounds after them
        {
            Assert.Equal(round == 0, Close(items.Nodes[item].Slice(round * 8, 8), items.Nodes[cold].Slice(round * 8, 8)));
            Assert.Equal(round == 0, Close(users.Nodes[user].Slice(round * 8, 8), users.Nodes[idle].Slice(round * 8, 8)));
        }
        for (int other = 0; other < world.Items.Count; other++) Assert.Equal(before.Items.Vectors[other].ToArray(), items.Vectors[other].ToArray());
        for (int other = 0; other < world.Users.Count; other++) Assert.Equal(before.Users.Nodes[other].ToArray(), users.Nodes[other].ToArray());

        static bool Close(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
        {
            for (int i = 0; i < a.Length; i++)
                if (Math.Abs(a[i] - b[i]) > 1e-5f) return false;
            return true;
        }
    }

    [Fact]
    public void SaveAndLoad_ModelOfThreeLayers_AnswersAreTheSame()
    {
        using var folder = new TempFolder();
        world.AutoGraph.Save(world.Model, Tables.Interactions(world.Context, world.Train).Schema, folder.File("model.zip"));
        using var engine = world.Engine();
        using var loaded = world.AutoGraph.CreateEngine(world.AutoGraph.Load(folder.File("model.zip"), out _));
        foreach (string user in world.Users.Keys.Take(5)) Assert.Equal(engine.Recommend(user).Select(best => (best.ItemId, best.Score)), loaded.Recommend(user).Select(best => (best.ItemId, best.Score)));
        var options = TransformerSearch.Recommender(world.AutoGraph.Load(folder.File("model.zip"), out _)).Model.Graph!.Options;
        Assert.Equal((3, 0.1), (options.Layers, options.Dropout));
    }
}
