using AutoGraph.TestKit;
using AutoGraph.Torch.Tests.MlNet;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Torch.Tests.Serving;

public sealed class InsertionTests(ServedWorld world) : IClassFixture<ServedWorld>
{
    [Fact]
    public void UpdateItem_UnchangedValues_GivesTheCodesNeighboursAndVectorItHad()
    {
        using var engine = world.Engine();
        var before = engine.Snapshot;
        foreach (var (id, values) in world.Items) engine.UpdateItem(new NewItem(id) { Values = values });
        Same(before, engine.Snapshot);
    }

    [Fact]
    public void UpdateUser_UnchangedValues_GivesTheSameAnswers()
    {
        using var engine = world.Engine();
        var before = world.Users.Keys.Select(user => engine.Recommend(user, 5)).ToArray();
        engine.UpdateUsers([.. world.Users.Select(user => new NewUser(user.Key) { Values = user.Value })]);
        foreach (var (user, expected) in world.Users.Keys.Zip(before)) Close(expected, engine.Recommend(user, 5));
    }

    [Fact]
    public void AddItem_FromItsRow_IsLikeAnItemOfTheTableWithoutInteractions()
    {
        using var engine = world.Engine();
        engine.AddItem(new NewItem("new") { Values = world.Items[world.ColdItem] });
        var items = engine.Snapshot.Items;
        int cold = items.Ids.PositionOf(world.ColdItem), added = items.Ids.PositionOf("new");
        Assert.Equal(world.Items.Count, added);
        Assert.Equal(items.Codes[cold].ToArray(), items.Codes[added].ToArray());
        Close(items.Vectors[cold], items.Vectors[added]);
        Close(items.Nodes[cold], items.Nodes[added]);
        var everything = engine.Recommend(world.Users.Keys.First(), 1000).ToDictionary(item => item.ItemId, item => item.Score);
        Assert.Equal(everything[world.ColdItem], everything["new"], 1e-4f);
    }

    [Fact]
    public void AddItems_FromATable_AreThoseFromTheirValues()
    {
        using var engine = world.Engine();
        string[] sources = [.. world.Items.Keys.Take(7)];
        engine.AddItems([.. sources.Select(id => new NewItem("value of " + id) { Values = world.Items[id] })]);
        engine.AddItems(world.Context.Data.LoadFromEnumerable(sources.Select(id => new Book
        {
            ItemId = "row of " + id, Title = (string)world.Items[id]["Title"], Author = (string)world.Items[id]["Author"], Genre = (string)world.Items[id]["Genre"],
            Year = (int)world.Items[id]["Year"], Price = (float)world.Items[id]["Price"], Knowledge = (string)world.Items[id]["Knowledge"],
        }).ToList()), "ItemId");
        var items = engine.Snapshot.Items;
        foreach (string id in sources)
        {
            int a = items.Ids.PositionOf("value of " + id), b = items.Ids.PositionOf("row of " + id);
            Assert.Equal(items.Codes[a].ToArray(), items.Codes[b].ToArray());
            Close(items.Vectors[a], items.Vectors[b]);
        }
    }

    [Fact]
    public void AddItem_WithUsersAndAGivenVector_ReadsThem()
    {
        using var engine = world.Engine();
        float[] vector = [.. SmallWorld.Vectors(MetapathItems().Transform(Rows(world.ColdItem)), "Semantics")[0]];
        engine.AddItem(new NewItem("alone") { Values = world.Items[world.ColdItem], SemanticVector = vector });
        engine.AddItem(new NewItem("read") { Values = world.Items[world.ColdItem], SemanticVector = vector, Users = [.. world.Users.Keys.Take(3)] });
        var items = engine.Snapshot.Items;
        int cold = items.Ids.PositionOf(world.ColdItem), alone = items.Ids.PositionOf("alone"), read = items.Ids.PositionOf("read");
        Close(items.Vectors[cold], items.Vectors[alone]);
        Assert.NotEqual(items.Vectors[alone].ToArray(), items.Vectors[read].ToArray());
        engine.UpdateItem(new NewItem("read") { Values = world.Items[world.ColdItem] });       // keeps its users
        Close(items.Vectors[read], engine.Snapshot.Items.Vectors[read]);
        engine.UpdateItem(new NewItem("read") { Values = world.Items[world.ColdItem], Users = [] });
        Close(items.Vectors[alone], engine.Snapshot.Items.Vectors[read]);
    }

    [Fact]
    public void UpdateItem_WithNothingGiven_ReadsItsNeighborsAsTheyAreNow()
    {
        using var folder = new TempFolder();
        using var other = world.Engine();
        string reader = world.Users.Keys.First(), known = world.Train.First(row => row.User == reader).Item;
        NewItem read = new("read") { Values = world.Items[world.ColdItem], Users = [reader] };
        NewUser changed = new(reader) { Values = world.Users[world.ColdUser] };
        using (var engine = world.Engine(folder.File("log")))
        {
            engine.AddItem(read);
            engine.UpdateUser(changed);
        }
        using var again = world.Engine(folder.File("log"));         // features of who joined are in the log
        var before = again.Snapshot.Items;
        again.UpdateItems([new NewItem("read"), new NewItem(known)]);
        other.UpdateUser(changed);
        other.AddItem(read);
        other.UpdateItem(new NewItem(known) { Values = world.Items[known] });
        foreach (string id in (string[])["read", known])
        {
            int item = again.Snapshot.Items.Ids.PositionOf(id), twin = other.Snapshot.Items.Ids.PositionOf(id);
            Assert.NotEqual(before.Vectors[item].ToArray(), again.Snapshot.Items.Vectors[item].ToArray());
            Close(other.Snapshot.Items.Vectors[twin], again.Snapshot.Items.Vectors[item]);
            Assert.Equal(before.Codes[item].ToArray(), again.Snapshot.Items.Codes[item].ToArray());
            Assert.Equal(before.Content[item].ToArray(), again.Snapshot.Items.Content[item].ToArray());
        }
        again.UpdateItem(new NewItem("read") { Users = [] });       // features stay, users go
        other.AddItem(new NewItem("alone") { Values = world.Items[world.ColdItem] });
        Close(other.Snapshot.Items.Vectors[other.Snapshot.Items.Ids.PositionOf("alone")], again.Snapshot.Items.Vectors[again.Snapshot.Items.Ids.PositionOf("read")]);
    }

    [Fact]
    public void AddItem_NumbersTooLargeForTheModel_IsRefusedAndServesOn()
    {
        using var engine = world.Engine();
        var before = engine.Snapshot;
        float[] vector = [.. SmallWorld.Vectors(MetapathItems().Transform(Rows(world.ColdItem)), "Semantics")[0]];
        vector[0] = 3e38f;
        Refused<ArgumentException>("Expected finite values in feature 'Semantics'", () => engine.AddItem(new NewItem("x") { Values = world.Items[world.ColdItem], SemanticVector = vector }));
        Assert.Same(before, engine.Snapshot);
    }

    [Fact]
    public void AddItem_AUserNamedTwice_CountsOnceAsInTheGraph()
    {
        using var engine = world.Engine();
        string[] users = [.. world.Users.Keys.Take(2)];
        engine.AddItem(new NewItem("once") { Values = world.Items[world.ColdItem], Users = users });
        engine.AddItem(new NewItem("twice") { Values = world.Items[world.ColdItem], Users = [users[0], users[0], users[1], users[0]] });
        var items = engine.Snapshot.Items;
        Close(items.Vectors[items.Ids.PositionOf("once")], items.Vectors[items.Ids.PositionOf("twice")]);
    }

    [Fact]
    public void AddUser_FromItsRow_IsAnsweredAsAUserOfTheTableWithoutInteractions()
    {
        using var engine = world.Engine();
        string[] history = [.. world.Items.Keys.Take(4)];
        engine.AddUser(new NewUser("new") { Values = world.Users[world.ColdUser], History = history });
        Close(engine.RecommendFor(history, userId: world.ColdUser), engine.Recommend("new"));
        Assert.DoesNotContain(engine.Recommend("new", 1000), item => history.Contains(item.ItemId));
        engine.AddUser(new NewUser("nobody") { History = history });
        Close(engine.RecommendFor(history), engine.Recommend("nobody"));
        engine.UpdateUser(new NewUser("new") { History = [] });
        Close(engine.Recommend(world.ColdUser), engine.Recommend("new"));
    }

    [Fact]
    public void AddItem_InAHistory_IsRead()
    {
        using var engine = world.Engine();
        engine.AddItem(new NewItem("new") { Values = world.Items[world.ColdItem] });
        Close(engine.RecommendFor([world.ColdItem], excludeSeen: false), engine.RecommendFor(["new"], excludeSeen: false));
        Assert.NotEqual(engine.RecommendFor([], excludeSeen: false)[0].Score, engine.RecommendFor(["new"], excludeSeen: false)[0].Score);
    }

    [Fact]
    public void Changes_OfOne_LeaveTheVectorsOfAllOthersAsTheyWere()
    {
        using var engine = world.Engine();
        var before = engine.Snapshot;
        engine.AddItem(new NewItem("new") { Values = world.Items[world.ColdItem], Users = [world.ColdUser] });
        engine.AddUser(new NewUser("someone") { History = ["new"] });
        engine.RemoveItem(world.Items.Keys.First());
        for (int item = 0; item < world.Items.Count; item++) Assert.Equal(before.Items.Vectors[item].ToArray(), engine.Snapshot.Items.Vectors[item].ToArray());
        for (int user = 0; user < world.Users.Count; user++) Assert.Equal(before.Users.States[user].ToArray(), engine.Snapshot.Users.States[user].ToArray());
    }

    [Fact]
    public void Remove_ThenAddAgain_HidesAndShows()
    {
        using var engine = world.Engine();
        string user = world.Users.Keys.First(), item = engine.Recommend(user)[0].ItemId;
        Assert.True(engine.RemoveItem(item));
        Assert.False(engine.RemoveItem(item));
        Assert.False(engine.RemoveItem("never there"));
        Assert.DoesNotContain(engine.Recommend(user, 1000), best => best.ItemId == item);
        engine.AddItem(new NewItem(item) { Values = world.Items[item] });
        Assert.Equal(item, engine.Recommend(user)[0].ItemId);
        Assert.True(engine.RemoveUser(user));
        Close(engine.Recommend("nobody"), engine.Recommend(user));
    }

    [Fact]
    public void AddInteractions_ItemsAtTheEnd_AreAsTheWholeHistoryGiven()
    {
        using var engine = world.Engine();
        string user = world.Users.Keys.First();
        string[] before = [.. world.Train.Where(row => row.User == user).OrderBy(row => row.Time).Select(row => row.Item)];
        engine.AddInteractions(user, world.ColdItem, before[0]);
        var added = engine.Recommend(user, 1000, excludeSeen: false);
        engine.UpdateUser(new NewUser(user) { History = [.. before, world.ColdItem, before[0]] });
        Close(engine.Recommend(user, 1000, excludeSeen: false), added);
        Assert.DoesNotContain(engine.Recommend(user, 1000), item => item.ItemId == world.ColdItem);
        Assert.Contains("'nowhere'", Assert.Throws<ArgumentException>(() => engine.AddInteractions(user, "nowhere")).Message, StringComparison.Ordinal);
        Assert.Contains("Add it first", Assert.Throws<ArgumentException>(() => engine.AddInteractions("nobody", world.ColdItem)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddInteractions_ManyAtOnce_AllAreKept()
    {
        using var engine = world.Engine();
        string[] items = [.. world.Items.Keys.Take(40)];
        engine.AddUser(new NewUser("busy"));
        await Task.WhenAll(items.Select(item => Task.Run(() => engine.AddInteractions("busy", item))));
        int user = engine.Snapshot.Users.Ids.PositionOf("busy");
        Assert.Equal(items.Order(StringComparer.Ordinal), engine.Snapshot.Users.Histories[user][0].ToArray().Select(item => engine.Snapshot.Items.Ids[item]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void AddUser_WhoWasRemoved_BeginsAnew()
    {
        using var engine = world.Engine();
        string user = world.Users.Keys.First();
        var before = engine.Recommend(user, 1000, excludeSeen: false);
        engine.RemoveUser(user);
        engine.AddUser(new NewUser(user));
        Assert.Empty(engine.Snapshot.Users.Histories[engine.Snapshot.Users.Ids.PositionOf(user)][0].ToArray());
        Assert.NotEqual(before[0].Score, engine.Recommend(user, 1000, excludeSeen: false)[0].Score);
        engine.AddItem(new NewItem("new") { Values = world.Items[world.ColdItem] });
        engine.UpdateUser(new NewUser(user) { History = ["new"] });
        engine.RemoveUser(user);
        engine.AddUser(new NewUser(user) { Values = world.Users[user], History = [.. world.Train.Where(row => row.User == user).OrderBy(row => row.Time).Select(row => row.Item)] });
        Close(before, [.. engine.Recommend(user, 1001, excludeSeen: false).Where(item => item.ItemId != "new")]);
    }

    [Theory]
    [InlineData(Enhancement.AutoGraph)]
    [InlineData(Enhancement.LightGcn)]
    [InlineData(Enhancement.None)]
    public void AddUser_WhoWasRemovedAndComesBackWithNothing_IsAsAStranger(Enhancement enhancement)
    {
        var graph = TransformerSearch.Flatten(world.Model).OfType<MetapathGraphTransformer>().Single();
        var recommender = world.AutoGraph.Recommender(MlNet.SmallWorld.Options with { EarlyStopping = false, Enhancement = enhancement }).Fit(graph.Transform(MlNet.Tables.Interactions(world.Context, world.Train)));
        using var engine = world.AutoGraph.CreateEngine(new TransformerChain<ITransformer>(graph, recommender));
        string user = world.Users.Keys.First();
        engine.RemoveUser(user);
        engine.AddUsers([new NewUser(user), new NewUser("stranger")]);
        Close(engine.Recommend("stranger", 20), engine.Recommend(user, 20));
        string[] history = [.. world.Items.Keys.Take(2)];
        engine.UpdateUsers([new NewUser(user) { History = history }, new NewUser("stranger") { History = history }]);
        engine.AddInteractions(user, world.Items.Keys.ElementAt(3));
        engine.AddInteractions("stranger", world.Items.Keys.ElementAt(3));
        Close(engine.Recommend("stranger", 20), engine.Recommend(user, 20));
    }

    [Theory]
    [InlineData(Enhancement.Uist)]
    [InlineData(Enhancement.Uist | Enhancement.Kar | Enhancement.Alignment)]
    public void AddItem_CodesAsFieldsWithoutGraphVectors_IsAsItsTwin(Enhancement enhancement)
    {
        var steps = TransformerSearch.Flatten(world.Model).ToArray();
        var graph = steps.OfType<MetapathGraphTransformer>().Single();
        var rows = MlNet.Tables.Interactions(world.Context, world.Train);
        var recommender = world.AutoGraph.Recommender(MlNet.SmallWorld.Options with { EarlyStopping = false, Enhancement = enhancement }).Fit(graph.Transform(rows));
        using var engine = world.AutoGraph.CreateEngine(new TransformerChain<ITransformer>(graph, recommender));
        engine.AddItem(new NewItem("twin") { Values = world.Items[world.ColdItem] });
        engine.AddUser(new NewUser("someone") { Values = world.Users[world.ColdUser], History = ["twin"] });
        var best = engine.Recommend(world.Users.Keys.First(), 1000, excludeSeen: false).ToDictionary(item => item.ItemId, item => item.Score);
        Assert.Equal(best[world.ColdItem], best["twin"], 1e-4);
        Assert.NotEmpty(engine.Recommend("someone"));
    }

    [Fact]
    public void Add_AWholeNumberForANumber_IsTheNumber()
    {
        using var engine = world.Engine();
        foreach (var (id, price) in new (string, object)[] { ("float", 20f), ("int", 20), ("long", 20L), ("byte", (byte)20) })
            engine.AddItem(new NewItem(id) { Values = new Dictionary<string, object>(world.Items[world.ColdItem]) { ["Price"] = price } });
        int first = engine.Snapshot.Items.Ids.PositionOf("float");
        for (int item = first; item < first + 4; item++) Assert.Equal(engine.Snapshot.Items.Vectors[first].ToArray(), engine.Snapshot.Items.Vectors[item].ToArray());
    }

    [Fact]
    public void Add_BadRows_SaysWhatToDoAndChangesNothing()
    {
        using var engine = world.Engine();
        var (before, values) = (engine.Snapshot, world.Items[world.ColdItem]);
        Refused<ArgumentException>("is there already. Update it instead", () => engine.AddItem(new NewItem(world.ColdItem) { Values = values }));
        Refused<ArgumentException>("which is not there. Add it first", () => engine.UpdateItem(new NewItem("x") { Values = values }));
        Refused<ArgumentException>("found 'x' twice", () => engine.AddItems([new NewItem("x") { Values = values }, new NewItem("x") { Values = values }]));
        Refused<ArgumentException>("found 'stranger', which is not there", () => engine.AddItem(new NewItem("x") { Values = values, Users = ["stranger"] }));
        Refused<ArgumentException>("found 'stranger', which is not there", () => engine.AddUser(new NewUser("x") { History = ["stranger"] }));
        Refused<ArgumentException>("Knowledge", () => engine.AddItem(new NewItem("x") { Values = new Dictionary<string, object> { ["Title"] = "t" } }));
        Refused<ArgumentException>("'Price'", () => engine.AddItem(new NewItem("x") { Values = new Dictionary<string, object>(values) { ["Price"] = "cheap" } }));
        Refused<ArgumentException>("a knowledge text of 'x'", () => engine.AddItem(new NewItem("x") { Values = values, Knowledge = " " }));
        Refused<ArgumentException>("half a surrogate pair", () => engine.AddItem(new NewItem("x" + (char)0xD83D) { Values = values }));
        Refused<ArgumentException>("'Odd'", () => engine.AddItem(new NewItem("x") { Values = new Dictionary<string, object>(values) { ["Odd"] = new object() } }));
        Refused<ArgumentException>("SemanticVector", () => engine.AddItem(new NewItem("x") { Values = values, SemanticVector = [1, 2] }));
        Refused<InvalidOperationException>("the whole model, not the recommender alone", () => world.AutoGraph.CreateEngine(TransformerSearch.Recommender(world.Model)).AddItem(new NewItem("x") { Values = values }));
        Refused<InvalidOperationException>("CreateEngine(model, logPath)", engine.CompactLog);
        Assert.Same(before, engine.Snapshot);
    }

    private ITransformer MetapathItems() => TransformerSearch.Flatten(world.Model).OfType<MetapathGraphTransformer>().Single().ItemPipeline!;

    private RowsView Rows(string item) => new(world.Items[item]);

    private static void Refused<T>(string says, Action act) where T : Exception => Assert.Contains(says, Assert.Throws<T>(act).Message, StringComparison.Ordinal);

    internal static void Same(EngineSnapshot a, EngineSnapshot b)
    {
        Assert.Equal(a.Items.Ids.Count, b.Items.Ids.Count);
        for (int item = 0; item < a.Items.Ids.Count; item++)
        {
            Assert.Equal(a.Items.Codes[item].ToArray(), b.Items.Codes[item].ToArray());
            Assert.Equal(a.Items.Users[item][0], b.Items.Users[item][0]);
            Close(a.Items.Vectors[item], b.Items.Vectors[item]);
            Close(a.Items.History[item], b.Items.History[item]);
            Close(a.Items.States[item], b.Items.States[item]);
            Close(a.Items.Nodes[item], b.Items.Nodes[item]);
        }
    }

    internal static void Close(IReadOnlyList<global::AutoGraph.Recommendation> expected, IReadOnlyList<global::AutoGraph.Recommendation> found)
    {
        Assert.Equal(expected.Count, found.Count);
        foreach (var (a, b) in expected.Zip(found)) Assert.Equal(a.Score, b.Score, 1e-4f);
    }

    private static void Close(ReadOnlySpan<float> expected, ReadOnlySpan<float> found)
    {
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], found[i], 1e-5f * (1 + Math.Abs(expected[i])));
    }

    private sealed class Book
    {
        public string ItemId { get; set; } = "";
        public string Title { get; set; } = "";
        public string Author { get; set; } = "";
        public string Genre { get; set; } = "";
        public int Year { get; set; }
        public float Price { get; set; }
        public string Knowledge { get; set; } = "";
    }
}
