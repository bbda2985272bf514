using AutoGraph.TestKit;
using Xunit;

namespace AutoGraph.Torch.Tests.Serving;

public sealed class IndexTests(ServedWorld world) : IClassFixture<ServedWorld>
{
    public static TheoryData<ApproximateIndexOptions> Kinds =>
    [
        new ApproximateIndexOptions { Probes = 1000 },
        new ApproximateIndexOptions { Probes = 1000, CellCount = 3 },
        new ApproximateIndexOptions { Probes = 1000, Cells = IndexCells.Codes },
        new ApproximateIndexOptions { Probes = 1000, Cells = IndexCells.Codes, CodeLevels = 2 },
    ];

    [Theory, MemberData(nameof(Kinds))]
    public void Recommend_AllCellsProbed_IsTheExactAnswerAfterAnyChange(ApproximateIndexOptions index)
    {
        using var folder = new TempFolder();
        using var exact = world.Engine();
        using (var engine = Engine(index, folder.File("log")))
        {
            foreach (var changed in (RecommendationEngine[])[exact, engine])
            {
                changed.AddItems([.. ((string[])["c", "a", "b"]).Select(id => new NewItem(id) { Values = world.Items[world.ColdItem] })]);     // a tie
                changed.UpdateItem(new NewItem(world.Items.Keys.First()) { Values = world.Items[world.ColdItem], Users = [] });
                changed.RemoveItem(world.Items.Keys.ElementAt(3));
            }
            Same(exact, engine);
        }
        using var reopened = Engine(index, folder.File("log"));
        Same(exact, reopened);
    }

    [Fact]
    public void MeasureRecall_MoreProbes_FindMore()
    {
        double[] recalls = [.. ((int[])[1, 3, 8]).Select(probes =>
        {
            using var engine = Engine(new ApproximateIndexOptions { CellCount = 8, Probes = probes });
            return engine.MeasureRecall(world.Users.Keys, 5);
        })];
        Assert.Equal(1, recalls[2]);
        Assert.True(recalls[0] < 1 && recalls[0] <= recalls[1], string.Join(", ", recalls));
        using var exact = world.Engine();
        Assert.Contains("EngineOptions.Index", Assert.Throws<InvalidOperationException>(() => exact.MeasureRecall(["u"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Recommend_ExactAllowAndContent_AskAllItems()
    {
        using var engine = Engine(new ApproximateIndexOptions { CellCount = 8, Probes = 1 });
        using var exact = world.Engine();
        foreach (var options in (RequestOptions[])[new() { Exact = true }, new() { Allow = [.. world.Items.Keys.Take(20)] }, new() { ContentWeight = 1 }])
            foreach (string user in world.Users.Keys)
                Assert.Equal(Answer(exact, user, options), Answer(engine, user, options));
    }

    [Fact]
    public void CreateEngine_BadIndex_SaysWhatToDo()
    {
        var error = Assert.Throws<ArgumentException>(() => Engine(new ApproximateIndexOptions { Probes = 0, CodeLevels = 3, CellCount = 0 }));
        Assert.All((string[])["Probes", "CodeLevels", "CellCount"], name => Assert.Contains(name, error.Message, StringComparison.Ordinal));
    }

    private RecommendationEngine Engine(ApproximateIndexOptions index, string? log = null) => world.AutoGraph.CreateEngine(world.Model, log, new EngineOptions { Index = index });

    private void Same(RecommendationEngine exact, RecommendationEngine engine)
    {
        foreach (string user in world.Users.Keys)
            foreach (var options in (RequestOptions[])[new(), new() { ExcludeSeen = false, Deny = ["a"] }, new() { Where = id => id.EndsWith('1') || id.Length == 1 }])
                Assert.Equal(Answer(exact, user, options), Answer(engine, user, options));
    }

    private static (string, float)[] Answer(RecommendationEngine engine, string user, RequestOptions options) => [.. engine.Recommend(user, 8, options).Select(item => (item.ItemId, item.Score))];
}
