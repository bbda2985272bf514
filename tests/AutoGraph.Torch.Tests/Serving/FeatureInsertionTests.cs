using System.Text.Json;
using AutoGraph.Torch.Tests.MlNet;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Torch.Tests.Serving;

/// <summary>Users who join with features and no text, and values as an endpoint gets them.</summary>
public sealed class FeatureInsertionTests : IClassFixture<FeatureInsertionTests.World>
{
    private readonly World _world;

    public FeatureInsertionTests(World world) => _world = world;

    [Fact]
    public void AddUser_FeaturesAlone_AreReadAndTheMeanStandsInForCodes()
    {
        using var engine = _world.Engine();
        string[] history = [.. _world.Items.Take(3)];
        engine.AddUsers([User("de", "DE", history), User("fr", "FR", history), new("none") { History = history }]);
        float Top(string user) => engine.Recommend(user, 1000).First(item => item.ItemId == _world.Items[^1]).Score;
        Assert.Equal(3, new[] { Top("de"), Top("fr"), Top("none") }.Distinct().Count());
        var users = engine.Snapshot.Users;
        Assert.All(["de", "fr", "none"], id => Assert.Empty(users.Codes[users.Ids.PositionOf(id)][0]));
    }

    [Fact]
    public void AddUser_ASlipOfThePenOrAnUpdate_IsRefused()
    {
        using var engine = _world.Engine();
        Assert.Contains("Knowledge", Assert.Throws<ArgumentException>(() => engine.AddUser(new NewUser("x") { Values = new Dictionary<string, object> { ["Cuntry"] = "DE" } })).Message, StringComparison.Ordinal);
        Assert.Contains("Knowledge", Assert.Throws<ArgumentException>(() => engine.UpdateUser(User(_world.Users[0], "DE", null))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AddUser_ValuesFromJson_AreThoseOfTheirTypes()
    {
        using var engine = _world.Engine();
        var values = new Dictionary<string, object> { ["Country"] = "DE", ["Knowledge"] = "likes tales of the sea", ["Age"] = 30f, ["Club"] = true, ["Tags"] = new[] { "a", "b" }, ["Sizes"] = new[] { 1.0, 3.0 }, ["Flags"] = new[] { true, false } };
        var json = JsonSerializer.Deserialize<Dictionary<string, object>>("""{ "Country": "DE", "Knowledge": "likes tales of the sea", "Age": 30.0, "Club": true, "Tags": ["a", "b"], "Sizes": [1, 3], "Flags": [true, false] }""")!;
        Assert.IsType<JsonElement>(json["Age"]);
        engine.AddUsers([new("typed") { Values = values }, new("json") { Values = json }]);
        Assert.Equal(engine.Recommend("typed", 20).Select(item => (item.ItemId, item.Score)), engine.Recommend("json", 20).Select(item => (item.ItemId, item.Score)));
        json["Age"] = JsonSerializer.Deserialize<JsonElement>("null");
        Assert.Contains("'Age', found nothing", Assert.Throws<ArgumentException>(() => engine.AddUser(new("y") { Values = json })).Message, StringComparison.Ordinal);
    }

    private static NewUser User(string id, string country, string[]? history) => new(id) { Values = new Dictionary<string, object> { ["Country"] = country }, History = history };

    /// <summary>Readers with a country, an age, a club and tags beside their text.</summary>
    public sealed class World
    {
        private readonly SmallWorld _small = new();
        private readonly ITransformer _model;

        public World()
        {
            (Users, Items) = (Tables.Texts(_small.Data.Users, "UserId"), Tables.Texts(_small.Data.Items, "ItemId"));
            var readers = Users.Zip(Tables.Texts(_small.Data.Users, "Knowledge")).Select((user, i) => new Reader
            {
                UserId = user.First, Knowledge = user.Second, Country = i % 2 == 0 ? "DE" : "FR", Age = 20 + i, Club = i % 3 == 0, Tags = i % 2 == 0 ? ["a"] : ["a", "b"], Sizes = [i % 4, i % 5], Flags = [i % 2 == 0, i % 7 == 0],
            });
            _model = _small.AutoGraph.MetapathGraph(new SideTable(_small.Context.Data.LoadFromEnumerable(readers.ToList()), "UserId", _small.Codes()), _small.Items(), SmallWorld.Graph)
                .Append(_small.AutoGraph.Recommender(SmallWorld.Options with { EarlyStopping = false })).Fit(_small.Split.Train);
        }

        internal string[] Users { get; }

        internal string[] Items { get; }

        internal RecommendationEngine Engine() => _small.AutoGraph.CreateEngine(_model);
    }

    private sealed class Reader
    {
        public string UserId { get; set; } = "";
        public string Knowledge { get; set; } = "";
        public string Country { get; set; } = "";
        public float Age { get; set; }
        public bool Club { get; set; }
        [VectorType(2)] public double[] Sizes { get; set; } = [];
        [VectorType(2)] public bool[] Flags { get; set; } = [];
        public string[] Tags { get; set; } = [];
    }
}
