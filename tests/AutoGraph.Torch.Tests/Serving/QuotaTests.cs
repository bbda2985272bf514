using AutoGraph.Core.Retrieval;
using Xunit;

namespace AutoGraph.Torch.Tests.Serving;

public sealed class QuotaTests(ServedWorld world) : IClassFixture<ServedWorld>
{
    [Fact]
    public void Apply_ByHand_TheWorstKnownItemsGiveWay()
    {
        // known 0, 1, 2, 3; new 10, 11, 12
        ScoredItem[] best = [new(0, 9), new(10, 8), new(1, 7), new(2, 6)], bestNew = [new(10, 8), new(11, 5), new(12, 5)];
        Assert.Equal(best, NewItemQuota.Apply(best, bestNew[..1], 4, IsNew));
        Assert.Equal([new(0, 9), new(10, 8), new(1, 7), new(11, 5)], NewItemQuota.Apply(best, bestNew[..2], 4, IsNew));
        Assert.Equal([new(0, 9), new(10, 8), new(11, 5), new(12, 5)], NewItemQuota.Apply(best, bestNew, 4, IsNew));
        Assert.Equal(best, NewItemQuota.Apply(best, [], 4, IsNew));

        static bool IsNew(int item) => item >= 10;
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Recommend_WithAQuota_HasTheBestNewItemsAndTheBestOfTheOthers(bool indexed)
    {
        using var engine = Engine(indexed);
        Assert.Contains(world.ColdItem, Untrained);
        string[] added = [.. Enumerable.Range(0, 6).Select(i => $"new {i}")], fresh = [.. added, .. Untrained];
        engine.AddItems([.. added.Select((id, i) => new NewItem(id) { Values = world.Items.Values.ElementAt(5 * i) })]);
        foreach (string user in world.Users.Keys)
            foreach (var options in (RequestOptions[])[new(), new() { Deny = [added[0], added[3]] }, new() { ContentWeight = 0.5 }, new() { Where = id => id != added[1] }])
                for (int quota = 1; quota <= 5; quota++)
                {
                    var all = engine.Recommend(user, 1000, options);
                    var found = engine.Recommend(user, 5, options with { NewItems = quota });
                    var bestNew = all.Where(item => fresh.Contains(item.ItemId)).Take(quota).ToList();
                    var expected = bestNew.UnionBy(all.Take(5).Where(item => fresh.Contains(item.ItemId)), item => item.ItemId).ToList();
                    expected.AddRange(all.Where(item => !fresh.Contains(item.ItemId)).Take(5 - expected.Count));
                    Assert.Equal(all.Where(item => expected.Any(other => other.ItemId == item.ItemId)).Select(item => (item.ItemId, item.Score)), found.Select(item => (item.ItemId, item.Score)));
                }
    }

    [Fact]
    public void Recommend_QuotaThatNothingFills_IsTheAnswerWithoutOne()
    {
        using var engine = Engine(false);
        string user = world.Users.Keys.First();
        engine.RemoveItems(Untrained);
        Assert.Equal(Ids(engine.Recommend(user)), Ids(engine.Recommend(user, 10, new RequestOptions { NewItems = 3 })));
        engine.AddItem(new NewItem("new") { Values = world.Items[world.ColdItem] });
        Assert.Contains("new", Ids(engine.Recommend(user, 2, new RequestOptions { NewItems = 100 })));
        Assert.Equal(2, engine.Recommend(user, 2, new RequestOptions { NewItems = 100 }).Count);
        Assert.DoesNotContain("new", Ids(engine.RecommendFor(["new"], 5, new RequestOptions { NewItems = 1 })));      // seen
        Assert.Contains("NewItems", Assert.Throws<ArgumentException>(() => engine.Recommend(user, 5, new RequestOptions { NewItems = -1 })).Message, StringComparison.Ordinal);
    }

    private IEnumerable<string> Untrained => world.Items.Keys.Except(world.Train.Select(row => row.Item));

    private RecommendationEngine Engine(bool indexed) => world.AutoGraph.CreateEngine(world.Model, options: new EngineOptions { Index = indexed ? new() { Probes = 1000 } : null });

    private static IEnumerable<string> Ids(IEnumerable<global::AutoGraph.Recommendation> items) => items.Select(item => item.ItemId);
}
