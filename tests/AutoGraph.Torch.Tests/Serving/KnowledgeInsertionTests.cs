using AutoGraph.Semantics.Knowledge;
using AutoGraph.Semantics.Prompting;
using AutoGraph.TestKit;
using AutoGraph.Torch.Tests.MlNet;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Torch.Tests.Serving;

/// <summary>Items whose knowledge a language model writes: asked once per item, or given.</summary>
public sealed class KnowledgeInsertionTests : IDisposable
{
    private static readonly PromptTemplate Prompt = new("book-test", 1, "Book: {Title} by {Author}", "Say what it is about.");
    private readonly InMemoryKnowledgeStore _store = new();
    private readonly EchoChatClient _client = new(failOn: "Forbidden");
    private readonly LetterEncoder _encoder = new(12);
    private readonly SmallWorld _world = new();
    private readonly ITransformer _model;

    public KnowledgeInsertionTests()
    {
        var codes = _world.AutoGraph.SemanticVector("Semantics", Prompt, _client, _encoder, _store, "ItemId").Append(_world.AutoGraph.ResidualQuantizer("Codes", "Semantics", SmallWorld.Quantizer));
        _model = _world.AutoGraph.MetapathGraph(_world.Users(), new SideTable(_world.Data.Items, "ItemId", codes), SmallWorld.Graph)
            .Append(_world.AutoGraph.Recommender(SmallWorld.Options with { Epochs = 1, EarlyStopping = false })).Fit(_world.Split.Train);
    }

    public void Dispose()
    {
        _client.Dispose();
        _encoder.Dispose();
    }

    [Fact]
    public async Task AddItemAsync_FromFeatures_AsksOnceAndEqualsTheGivenAnswer()
    {
        using var engine = _world.AutoGraph.CreateEngine(_model);
        int asked = _client.Asked.Count;
        var values = Values("A new book", "Somebody");
        await engine.AddItemAsync(Item("asked", values), TestContext.Current.CancellationToken);
        Assert.Equal(asked + 1, _client.Asked.Count);
        engine.AddItem(Item("asked before", values));
        await engine.AddItemAsync(Item("told", values) with { Knowledge = $"Known about {Prompt.Render(new Dictionary<string, object?> { ["Title"] = "A new book", ["Author"] = "Somebody" })}" }, TestContext.Current.CancellationToken);
        engine.AddItem(Item("otherwise", values) with { Knowledge = "zzzzz" });
        Assert.Equal(asked + 1, _client.Asked.Count);
        var items = engine.Snapshot.Items;
        Assert.Equal(Row("asked"), Row("asked before"));
        Assert.Equal(Row("asked"), Row("told"));
        Assert.NotEqual(Row("asked"), Row("otherwise"));

        float[] Row(string id) => [.. items.Vectors[items.Ids.PositionOf(id)], .. items.Content[items.Ids.PositionOf(id)]];
    }

    [Fact]
    public void AddItem_PipelineWithASecondQuantizer_GetsTheCodesOfTheOneInTheGraph()
    {
        var others = SmallWorld.Quantizer with { Quantizer = Quantizer.ResidualKMeans };
        float[] Added(IEstimator<ITransformer> codes)
        {
            var model = _world.AutoGraph.MetapathGraph(_world.Users(), new SideTable(_world.Data.Items, "ItemId", codes), SmallWorld.Graph)
                .Append(_world.AutoGraph.Recommender(SmallWorld.Options with { Epochs = 1, EarlyStopping = false })).Fit(_world.Split.Train);
            using var engine = _world.AutoGraph.CreateEngine(model);
            engine.AddItem(new NewItem("new") { Knowledge = "Known about zebras and zeppelins" });
            int place = engine.Snapshot.Items.Ids.PositionOf("new");
            return [.. engine.Snapshot.Items.Codes[place].ToArray().Select(code => (float)code), .. engine.Snapshot.Items.Vectors[place]];
        }
        var once = _world.AutoGraph.SemanticVector("Semantics", Prompt, _client, _encoder, _store, "ItemId").Append(_world.AutoGraph.ResidualQuantizer("Codes", "Semantics", SmallWorld.Quantizer));
        var expected = Added(once);
        Assert.Equal(expected, Added(once.Append(_world.AutoGraph.ResidualQuantizer("KCodes", "Semantics", others))));
    }

    [Fact]
    public async Task AddItemsAsync_OneWithoutAnAnswer_AddsNoneAndKeepsTheOtherAnswers()
    {
        using var engine = _world.AutoGraph.CreateEngine(_model);
        var before = engine.Snapshot;
        NewItem[] items = [.. Enumerable.Range(0, 5).Select(i => Item($"new {i}", Values(i == 2 ? "Forbidden" : $"Title {i}", "X")))];
        Assert.Contains("1 of 5 rows got no answer", (await Assert.ThrowsAsync<InvalidOperationException>(() => engine.AddItemsAsync(items, TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
        Assert.Same(before, engine.Snapshot);
        int asked = _client.Asked.Count;
        await engine.AddItemsAsync([.. items.Where((_, i) => i != 2)], TestContext.Current.CancellationToken);
        Assert.Equal((asked, before.Items.Ids.Count + 4), (_client.Asked.Count, engine.Snapshot.Items.Ids.Count));
    }

    [Fact]
    public async Task Changes_ThatCannotBe_AreRefusedBeforeTheModelIsAsked()
    {
        using var engine = _world.AutoGraph.CreateEngine(_model);
        int asked = _client.Asked.Count;
        string there = engine.Snapshot.Items.Ids[0];
        await Assert.ThrowsAsync<ArgumentException>(() => engine.AddItemAsync(Item(there, Values("Unheard of", "X")), TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<ArgumentException>(() => engine.UpdateItemAsync(Item("nowhere", Values("Unheard of", "X")), TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<ArgumentException>(() => engine.AddItemAsync(Item("new", Values("Unheard of", "X")) with { Users = ["nobody"] }, TestContext.Current.CancellationToken));
        Assert.Contains("found both", (await Assert.ThrowsAsync<ArgumentException>(() => engine.AddItemAsync(Item("new", Values("U", "X")) with { Knowledge = "k", SemanticVector = [1] }, TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => engine.AddItemAsync(Item("new", Values("Unheard of", "X")), new CancellationToken(canceled: true)));
        Assert.Equal(asked, _client.Asked.Count);
        Assert.True(engine.Snapshot.Items.Ids.PositionOf("new") < 0);
    }

    [Fact]
    public async Task AddItemsAsync_Table_AsksAboutItsRows()
    {
        using var engine = _world.AutoGraph.CreateEngine(_model);
        int asked = _client.Asked.Count;
        var rows = _world.Context.Data.LoadFromEnumerable(Enumerable.Range(0, 3).Select(i => new Book { ItemId = $"row {i}", Title = $"Row {i}", Author = "Y" }).ToList());
        await engine.AddItemsAsync(rows, "ItemId", TestContext.Current.CancellationToken);
        Assert.Equal(asked + 3, _client.Asked.Count);
        await engine.AddItemAsync(Item("single", Values("Row 1", "Y")), TestContext.Current.CancellationToken);
        Assert.Equal(asked + 3, _client.Asked.Count);
        var items = engine.Snapshot.Items;
        Assert.Equal(items.Codes[items.Ids.PositionOf("row 1")].ToArray(), items.Codes[items.Ids.PositionOf("single")].ToArray());
    }

    [Fact]
    public async Task AddItemAsync_ValuesThatAreNotKnown_AreLeftOutOfAPromptThatListsThem()
    {
        var prompt = new PromptTemplate("book-list", 1, "Book: {Title}\n{*}", "Say what it is about.");
        var codes = _world.AutoGraph.SemanticVector("Semantics", prompt, _client, _encoder, _store, "ItemId").Append(_world.AutoGraph.ResidualQuantizer("Codes", "Semantics", SmallWorld.Quantizer));
        var model = _world.AutoGraph.MetapathGraph(_world.Users(), new SideTable(_world.Data.Items, "ItemId", codes), SmallWorld.Graph)
            .Append(_world.AutoGraph.Recommender(SmallWorld.Options with { Epochs = 1, EarlyStopping = false })).Fit(_world.Split.Train);
        using var engine = _world.AutoGraph.CreateEngine(model);
        _client.Asked.Clear();
        await engine.AddItemAsync(Item("new", Values("A new book", "Somebody")), TestContext.Current.CancellationToken);
        Assert.Equal("Book: A new book\nAuthor: Somebody\n\nSay what it is about.", Assert.Single(_client.Asked));

        // what the template names is no list, and a name that the table never had is a slip of the pen
        var untitled = await Assert.ThrowsAsync<ArgumentException>(() => engine.AddItemAsync(Item("untitled", new Dictionary<string, object> { ["Author"] = "X" }), TestContext.Current.CancellationToken));
        Assert.Contains("Expected a column 'Title', which prompt book-list/1 read when it was fitted; found only Author", untitled.Message, StringComparison.Ordinal);
        var slip = await Assert.ThrowsAsync<ArgumentException>(() => engine.AddItemAsync(Item("slip", new Dictionary<string, object> { ["Title"] = "T", ["Athor"] = "X" }), TestContext.Current.CancellationToken));
        Assert.Contains("Author", slip.Message, StringComparison.Ordinal);
        Assert.Contains("'Athor'", slip.Message, StringComparison.Ordinal);
        Assert.Single(_client.Asked);
    }

    [Fact]
    public async Task LoadedModel_WithoutEncoderAndClient_SaysSoWhenTheCallNeedsThem()
    {
        using var folder = new TempFolder();
        _world.AutoGraph.Save(_model, null, folder.File("model.zip"));
        var loaded = _world.AutoGraph.Load(folder.File("model.zip"), out _);
        using var bare = _world.AutoGraph.CreateEngine(loaded);
        Assert.NotEmpty(bare.Recommend(_world.Data.Users.GetColumn<string>("UserId").First()));
        Assert.Contains("chat client and a knowledge store", (await Failure(bare, Item("new", Values("Unheard of", "X")))).Message, StringComparison.Ordinal);
        Assert.Contains("Attach(model, encoder)", (await Failure(bare, Item("new", Values("Unheard of", "X")) with { Knowledge = "told" })).Message, StringComparison.Ordinal);
        bare.AddItem(Item("vector", Values("Unheard of", "X")) with { SemanticVector = [.. Enumerable.Repeat(0.3f, 12)] });

        using var encoding = _world.AutoGraph.CreateEngine(_world.AutoGraph.Attach(loaded, _encoder, store: _store));
        await encoding.AddItemAsync(Item("told", Values("Unheard of", "X")) with { Knowledge = "told" }, TestContext.Current.CancellationToken);
        Assert.Contains("chat client", (await Failure(encoding, Item("new", Values("Unheard of", "X")))).Message, StringComparison.Ordinal);
        using var whole = _world.AutoGraph.CreateEngine(_world.AutoGraph.Attach(loaded, _encoder, _client, _store));
        await whole.AddItemAsync(Item("new", Values("Unheard of", "X")), TestContext.Current.CancellationToken);
        await encoding.AddItemAsync(Item("new", Values("Unheard of", "X")), TestContext.Current.CancellationToken);        // the answer is in the store now

        static Task<InvalidOperationException> Failure(RecommendationEngine engine, NewItem item) => Assert.ThrowsAsync<InvalidOperationException>(() => engine.AddItemAsync(item, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task LoadedModel_AskedWithOptions_TakesNewItemsOnceTheyAreAttached()
    {
        using var folder = new TempFolder();
        var generation = new KnowledgeGeneratorOptions { Chat = new() { Temperature = 0, MaxOutputTokens = 400 } };
        var text = new SemanticVectorOptions { Prompt = Prompt, ChatClient = _client, Encoder = _encoder, Store = _store, IdColumn = "ItemId", Generation = generation };
        var codes = _world.AutoGraph.SemanticVector("Semantics", text).Append(_world.AutoGraph.ResidualQuantizer("Codes", "Semantics", SmallWorld.Quantizer));
        var model = _world.AutoGraph.MetapathGraph(_world.Users(), new SideTable(_world.Data.Items, "ItemId", codes), SmallWorld.Graph)
            .Append(_world.AutoGraph.Recommender(SmallWorld.Options with { Epochs = 1, EarlyStopping = false })).Fit(_world.Split.Train);
        _world.AutoGraph.Save(model, null, folder.File("model.zip"));
        var loaded = _world.AutoGraph.Load(folder.File("model.zip"), out _);
        int asked = _client.Asked.Count;
        Assert.Contains("as fitted", Assert.Throws<ArgumentException>(() => _world.AutoGraph.Attach(loaded, _encoder, _client, _store)).Message, StringComparison.Ordinal);
        using var engine = _world.AutoGraph.CreateEngine(_world.AutoGraph.Attach(loaded, _encoder, _client, _store, generation));
        await engine.AddItemAsync(Item("new", Values("A new book", "Somebody")), TestContext.Current.CancellationToken);
        Assert.Equal(asked + 1, _client.Asked.Count);
    }

    [Fact]
    public async Task AddUserAsync_WithAText_IsTheUserWhoseTextThePipelineReads()
    {
        using var engine = _world.AutoGraph.CreateEngine(_model);
        string text = _world.Data.Users.GetColumn<string>("Knowledge").First();
        await engine.AddUsersAsync([new NewUser("read") { Values = new Dictionary<string, object> { ["Knowledge"] = text } }, new NewUser("told") { Knowledge = text }, new NewUser("alone")], TestContext.Current.CancellationToken);
        Assert.Equal(engine.Recommend("read").Select(item => (item.ItemId, item.Score)), engine.Recommend("told").Select(item => (item.ItemId, item.Score)));
        Assert.NotEqual(engine.Recommend("alone")[0].Score, engine.Recommend("told")[0].Score);
        await engine.UpdateUserAsync(new NewUser("alone") { Knowledge = text }, TestContext.Current.CancellationToken);
        Assert.Equal(engine.Recommend("alone")[0].Score, engine.Recommend("told")[0].Score);
    }

    private static NewItem Item(string id, IReadOnlyDictionary<string, object> values) => new(id) { Values = values };

    private static Dictionary<string, object> Values(string title, string author) => new() { ["Title"] = title, ["Author"] = author };

    private sealed class Book
    {
        public string ItemId { get; set; } = "";
        public string Title { get; set; } = "";
        public string Author { get; set; } = "";
    }
}
