using AutoGraph.TestKit;
using Xunit;

namespace AutoGraph.Torch.Tests.Serving;

public sealed class EngineLogTests(ServedWorld world) : IClassFixture<ServedWorld>
{
    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void Reopen_AfterAnyChanges_IsTheEngineThatWasClosed(int seed)
    {
        using var folder = new TempFolder();
        var random = new Random(seed);
        for (int round = 0; round < 4; round++)
        {
            EngineSnapshot closed;
            using (var engine = world.Engine(folder.File("log")))
            {
                for (int step = 0; step < 12; step++) Change(engine, random);
                if (round == 2) engine.CompactLog();
                closed = engine.Snapshot;
            }
            using var reopened = world.Engine(folder.File("log"));
            Assert.Equal(0, reopened.CutLogBytes);
            SameBits(closed, reopened.Snapshot);
            Assert.Equal(Answers(reopened, closed), Answers(reopened, reopened.Snapshot));
        }
    }

    [Fact]
    public void CompactLog_AfterManyUpdates_ShrinksAndKeepsAll()
    {
        using var folder = new TempFolder();
        EngineSnapshot closed;
        using (var engine = world.Engine(folder.File("log")))
        {
            for (int i = 0; i < 60; i++) engine.UpdateUser(new NewUser(world.ColdUser) { History = [.. world.Items.Keys.Take(i % 20)] });
            engine.AddItem(new NewItem("gone") { Values = world.Items[world.ColdItem] });
            engine.RemoveItem("gone");
            long before = new FileInfo(folder.File("log")).Length;
            engine.CompactLog();
            Assert.InRange(new FileInfo(folder.File("log")).Length, 1, before / 4);
            engine.AddItem(new NewItem("after") { Values = world.Items[world.ColdItem] });
            closed = engine.Snapshot;
        }
        using var reopened = world.Engine(folder.File("log"));
        SameBits(closed, reopened.Snapshot);
    }

    [Fact]
    public void CompactLog_OfARemovedUser_KeepsTheIdAlone()
    {
        using var folder = new TempFolder();
        string item = world.Items.Keys.First();
        using (var engine = world.Engine(folder.File("log")))
        {
            engine.AddUser(new NewUser("gone") { Values = world.Users[world.ColdUser], History = [item] });
            engine.AddUser(new NewUser("here") { Values = world.Users[world.ColdUser], History = [item] });
            engine.RemoveUser("gone");
            engine.CompactLog();
        }
        using var reopened = world.Engine(folder.File("log"));
        var users = reopened.Snapshot.Users;
        int gone = users.Ids.PositionOf("gone"), here = users.Ids.PositionOf("here");
        Assert.True(users.IsHidden(gone) && users.Histories[gone][0].IsEmpty && users.Features[gone][0] is null && users.Codes[gone][0].Length == 0);
        Assert.True(users.States[gone].IndexOfAnyExcept(0f) < 0 && users.Nodes[gone].IndexOfAnyExcept(0f) < 0);
        reopened.AddUser(new NewUser("gone") { Values = world.Users[world.ColdUser], History = [item] });
        Assert.Equal(reopened.Snapshot.Users.Nodes[here].ToArray(), reopened.Snapshot.Users.Nodes[gone].ToArray());
    }

    [Fact]
    public void CreateEngine_LogOfAnotherModel_Refuses()
    {
        using var folder = new TempFolder();
        using (var engine = world.Engine(folder.File("log"))) engine.RemoveItem(world.ColdItem);
        var other = new MlNet.SmallWorld(seed: 2);
        Assert.Contains("another one", Assert.Throws<InvalidDataException>(() => other.AutoGraph.CreateEngine(other.Fit(), folder.File("log"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CreateEngine_ThatFails_LeavesTheLogToTheNext()
    {
        using var folder = new TempFolder();
        var small = new MlNet.SmallWorld();
        var plain = small.AutoGraph.Recommender(new SideTable(small.Data.Users, "UserId"), new SideTable(small.Data.Items, "ItemId"), MlNet.SmallWorld.Options with { EarlyStopping = false }).Fit(small.Split.Train);
        for (int attempt = 0; attempt < 2; attempt++)
            Assert.ThrowsAny<InvalidOperationException>(() => world.AutoGraph.CreateEngine(plain, folder.File("log"), new() { Index = new() { Cells = IndexCells.Codes } }));
        using var engine = world.AutoGraph.CreateEngine(plain, folder.File("log"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Changes_AfterDispose_AreRefused(bool withLog)
    {
        using var folder = new TempFolder();
        var engine = withLog ? world.Engine(folder.File("log")) : world.Engine();
        engine.Dispose();
        Assert.Throws<ObjectDisposedException>(() => engine.RemoveItem(world.ColdItem));
        Assert.NotEmpty(engine.Recommend(world.ColdUser));
    }

    // any change that is allowed
    private void Change(RecommendationEngine engine, Random random)
    {
        var (items, users) = (engine.Snapshot.Items, engine.Snapshot.Users);
        string item = items.Ids[random.Next(items.Ids.Count)], user = users.Ids[random.Next(users.Ids.Count)];
        var (itemValues, userValues) = (world.Items.Values.ElementAt(random.Next(world.Items.Count)), world.Users.Values.ElementAt(random.Next(world.Users.Count)));
        bool itemHidden = items.IsHidden(items.Ids.PositionOf(item)), userHidden = users.IsHidden(users.Ids.PositionOf(user));
        string[] someItems = [.. Enumerable.Range(0, random.Next(5)).Select(_ => items.Ids[random.Next(items.Ids.Count)])];
        string[] someUsers = [.. Enumerable.Range(0, random.Next(5)).Select(_ => users.Ids[random.Next(users.Ids.Count)]).Distinct()];
        switch (random.Next(8))
        {
            case 0: engine.AddItem(new NewItem($"i{items.Ids.Count}") { Values = itemValues, Users = someUsers }); break;
            case 1: engine.AddItems([new NewItem($"j{items.Ids.Count}") { Values = itemValues }, new NewItem($"k{items.Ids.Count}") { Values = itemValues, Users = someUsers }]); break;
            case 2 when itemHidden: engine.AddItem(new NewItem(item) { Values = itemValues }); break;
            case 2: engine.UpdateItem(new NewItem(item) { Values = random.Next(2) == 0 ? itemValues : new Dictionary<string, object>(), Users = random.Next(2) == 0 ? someUsers : null }); break;
            case 3: engine.RemoveItem(item); break;
            case 4: engine.AddUser(new NewUser($"u{users.Ids.Count}") { Values = random.Next(2) == 0 ? userValues : null, History = someItems }); break;
            case 5 when userHidden: engine.AddUser(new NewUser(user)); break;
            case 5 when random.Next(3) == 0: engine.AddInteractions(user, someItems); break;
            case 5: engine.UpdateUser(new NewUser(user) { Values = random.Next(2) == 0 ? userValues : null, History = someItems }); break;
            case 6: engine.RemoveUser(user); break;
            default: engine.AddUsers([new NewUser($"v{users.Ids.Count}"), new NewUser($"w{users.Ids.Count}") { History = someItems }]); break;
        }
    }

    private static float[] Answers(RecommendationEngine engine, EngineSnapshot snapshot) =>
        [.. Enumerable.Range(0, snapshot.Users.Ids.Count).SelectMany(user => engine.UserVectors(snapshot, user, snapshot.Users.Histories[user][0]))];

    private static void SameBits(EngineSnapshot a, EngineSnapshot b)
    {
        Assert.Equal((a.Items.Ids.Count, a.Users.Ids.Count), (b.Items.Ids.Count, b.Users.Ids.Count));
        for (int item = 0; item < a.Items.Ids.Count; item++)
        {
            Assert.Equal((a.Items.Ids[item], a.Items.IsHidden(item)), (b.Items.Ids[item], b.Items.IsHidden(item)));
            Assert.Equal(item, b.Items.Ids.PositionOf(b.Items.Ids[item]));
            Assert.Equal(a.Items.Codes[item].ToArray(), b.Items.Codes[item].ToArray());
            Assert.Equal(a.Items.Users[item][0], b.Items.Users[item][0]);
            Assert.Equal(a.Items.Features[item][0] is null, b.Items.Features[item][0] is null);
            foreach (var (x, y) in ((Core.Snapshots.SharedRows<float>, Core.Snapshots.SharedRows<float>)[])[(a.Items.Vectors, b.Items.Vectors), (a.Items.History, b.Items.History), (a.Items.States, b.Items.States), (a.Items.Nodes, b.Items.Nodes)])
                Assert.Equal(x[item].ToArray(), y[item].ToArray());
        }
        for (int user = 0; user < a.Users.Ids.Count; user++)
        {
            Assert.Equal((a.Users.Ids[user], a.Users.IsHidden(user)), (b.Users.Ids[user], b.Users.IsHidden(user)));
            Assert.Equal(a.Users.Codes[user][0], b.Users.Codes[user][0]);
            Assert.Equal(a.Users.Histories[user][0].ToArray(), b.Users.Histories[user][0].ToArray());
            Assert.Equal(a.Users.States[user].ToArray(), b.Users.States[user].ToArray());
            Assert.Equal(a.Users.Nodes[user].ToArray(), b.Users.Nodes[user].ToArray());
            Assert.Equal(a.Users.Features[user][0] is null, b.Users.Features[user][0] is null);
        }
    }
}
