using AutoGraph.TestKit;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Torch.Tests.MlNet;

public class UserColumnsTests
{
    private readonly MLContext _context = new(seed: 1);

    private IDataView Users => _context.Data.LoadFromEnumerable(new[] { "a", "b", "c" }.Select(id => new User { UserId = id }).ToList());

    private IDataView Items => _context.Data.LoadFromEnumerable(new[]
    {
        new Item { ItemId = "1", Title = "One", Vector = [3, 0] },
        new Item { ItemId = "2", Title = "Two", Vector = [0, 4] },
    });

    // a liked both, two before one; b liked item 1 only; c nothing
    private IDataView Train => Tables.Interactions(_context, ("a", "1", 9), ("b", "1", 3), ("a", "2", 5));

    [Fact]
    public void MeanItemVectors_TrainingPositives_AreAveragedAndNormalised()
    {
        var view = _context.AutoGraph().Data.MeanItemVectors(Users, "UserId", Train, Items, "ItemId", "Vector", "Taste");
        var vectors = SmallWorld.Vectors(view, "Taste");
        Assert.Equal([0.6f, 0.8f], vectors[0], (x, y) => Math.Abs(x - y) < 1e-6);           // (3, 4) / 5
        Assert.Equal([1f, 0f], vectors[1], (x, y) => Math.Abs(x - y) < 1e-6);
        float norm = MathF.Sqrt(6 * 6 + 4 * 4);                                             // the crowd: (3, 0) + (0, 4) + (3, 0)
        Assert.Equal([6 / norm, 4 / norm], vectors[2], (x, y) => Math.Abs(x - y) < 1e-6);
    }

    [Fact]
    public void MeanItemVectors_SumsBeyondSinglePrecision_KeepTheSmallOnes()
    {
        var items = _context.Data.LoadFromEnumerable(new[] { new Item { ItemId = "x", Vector = [1e8f, 1] }, new Item { ItemId = "y", Vector = [1, 1] }, new Item { ItemId = "z", Vector = [-1e8f, 1] } });
        var train = Tables.Interactions(_context, ("a", "x", 1), ("a", "y", 2), ("b", "y", 3), ("a", "y", 4), ("b", "z", 5));
        var crowd = SmallWorld.Vectors(_context.AutoGraph().Data.MeanItemVectors(Users, "UserId", train, items, "ItemId", "Vector", "Taste"), "Taste")[2];
        Assert.Equal([3 / MathF.Sqrt(34), 5 / MathF.Sqrt(34)], crowd, (x, y) => Math.Abs(x - y) < 1e-6);       // in single precision (0, 5)
    }

    [Fact]
    public void MeanItemVectors_ShuffledUsers_KeepTheirOwnVectors()
    {
        var view = _context.Data.ShuffleRows(_context.AutoGraph().Data.MeanItemVectors(_context.Data.Cache(Users), "UserId", Train, Items, "ItemId", "Vector", "Taste"), seed: 3);
        var byUser = Tables.Texts(view, "UserId").Zip(SmallWorld.Vectors(view, "Taste")).ToDictionary(pair => pair.First, pair => pair.Second);
        Assert.Equal([1f, 0f], byUser["b"], (x, y) => Math.Abs(x - y) < 1e-6);
    }

    [Fact]
    public void EarliestTitles_PerUser_AreOldestFirstAndLimited()
    {
        var data = _context.AutoGraph().Data;
        Assert.Equal([["Two", "One"], ["One"], []], Tables.TextVectors(data.EarliestTitles(Users, "UserId", Train, Items, "ItemId", "Title"), "History"));
        Assert.Equal([["Two"], ["One"], []], Tables.TextVectors(data.EarliestTitles(Users, "UserId", Train, Items, "ItemId", "Title", "Liked", count: 1), "Liked"));
    }

    [Fact]
    public void EarliestTitles_InteractionsOfUnknownUsers_AreAnError()
    {
        var strangers = Tables.Interactions(_context, ("z", "1", 1));
        Assert.Contains("such as 'z'", Assert.Throws<ArgumentException>(() => _context.AutoGraph().Data.EarliestTitles(Users, "UserId", strangers, Items, "ItemId", "Title")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CreateSampleWorld_SameSeed_GivesTheSameThreeTables()
    {
        var (one, two) = (_context.AutoGraph().Data.CreateSampleWorld(new() { Seed = 5 }), _context.AutoGraph().Data.CreateSampleWorld(new() { Seed = 5 }));
        Assert.Contains("simulated", one.Name, StringComparison.Ordinal);
        Assert.Equal(Tables.Texts(one.Items, "Knowledge"), Tables.Texts(two.Items, "Knowledge"));
        Assert.Equal(Tables.Texts(one.Interactions, "ItemId"), Tables.Texts(two.Interactions, "ItemId"));
        Assert.NotEqual(Tables.Texts(one.Interactions, "ItemId"), Tables.Texts(_context.AutoGraph().Data.CreateSampleWorld(new() { Seed = 6 }).Interactions, "ItemId"));
        Assert.Equal(Tables.Texts(one.Interactions, "UserId").ToHashSet().Order(), Tables.Texts(one.Users, "UserId").Order());
    }

    [Fact]
    public void LoadMovieLens_100KAndItsSplit_HaveTheirColumnsAndKnowledge()
    {
        string? folder = SharedData.Find("data/ml-100k");
        Assert.SkipWhen(folder is null, SharedData.Absent("data/ml-100k"));
        var data = _context.AutoGraph().Data.LoadMovieLens(folder, Path.Combine(folder, "text", "llm_items.jsonl"));

        Assert.Equal(["UserId", "Gender", "Age", "AgeGroup", "Occupation", "Zip"], data.Users.Schema.Select(column => column.Name));
        Assert.Equal(["ItemId", "Title", "Year", "Genres", "Knowledge"], data.Items.Schema.Select(column => column.Name));
        Assert.Equal(55375, data.Interactions.GetColumn<long>("Timestamp").Count());
        Assert.All(Tables.Texts(data.Items, "Knowledge"), text => Assert.NotEmpty(text));
        var split = _context.AutoGraph().Data.LeaveOneOut(data.Interactions);
        Assert.Equal(55375, split.Train.GetRowCount() + split.Validation.GetRowCount() + split.Test.GetRowCount());
        Assert.All(Tables.TextVectors(split.Test, "History"), history => Assert.True(history.Length >= 5));
    }

    private sealed class User { public string UserId { get; set; } = ""; }

    private sealed class Item
    {
        public string ItemId { get; set; } = "";
        public string Title { get; set; } = "";
        [VectorType(2)] public float[] Vector { get; set; } = [];
    }
}
