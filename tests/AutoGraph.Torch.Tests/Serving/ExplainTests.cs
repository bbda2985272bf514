using AutoGraph.Core.Interpretation;
using AutoGraph.Torch.Attention;
using Xunit;

namespace AutoGraph.Torch.Tests.Serving;

public sealed class ExplainTests(ServedWorld world) : IClassFixture<ServedWorld>
{
    private MetapathGraphModel Graph => TransformerSearch.Recommender(world.Model).Model.Graph!;

    [Fact]
    public void Explain_TrainedUsers_HaveTheAttentionOfThePassOverTheWholeGraph()
    {
        using var engine = world.Engine();
        var weights = MetapathAttentionWeights.Of(Graph).ItemsToUsers!;
        var (items, users) = (engine.Snapshot.Items.Ids, engine.Snapshot.Users.Ids);
        int read = 0;
        foreach (string id in world.Users.Keys)
        {
            var attention = engine.Explain(id, world.ColdItem).Attention;
            Assert.Equal(attention.OrderByDescending(item => item.Weight).Select(item => item.ItemId), attention.Select(item => item.ItemId));
            foreach (var item in attention) Assert.Equal(weights[users.PositionOf(id), items.PositionOf(item.ItemId)], item.Weight, 1e-5f);
            if (attention.Count > 0) Assert.Equal(1, attention.Sum(item => item.Weight), 1e-4f);
            Assert.Equal(Math.Min(Graph.Options.NeighborSample, engine.Snapshot.Users.Histories[users.PositionOf(id)][0].Length), attention.Count);
            read += attention.Count;
        }
        Assert.True(read > world.Users.Count);
    }

    [Fact]
    public void Explain_NearestHistoryItems_AreThoseByCosine()
    {
        using var engine = world.Engine();
        engine.AddItem(new NewItem("twin") { Values = world.Items[world.ColdItem] });
        string[] history = [.. world.Items.Keys.Take(6), "twin", world.Items.Keys.First()];
        var why = engine.ExplainFor(history, world.ColdItem, nearest: 4);
        var items = engine.Snapshot.Items;
        float[] own = items.Vectors[items.Ids.PositionOf(world.ColdItem)].ToArray();
        var expected = history.Distinct().Select(id => (id, Cosine(own, items.Vectors[items.Ids.PositionOf(id)].ToArray()))).OrderByDescending(pair => pair.Item2).Take(4).ToArray();
        Assert.Equal("twin", why.NearestHistoryItems[0].Id);
        Assert.Equal(1, why.NearestHistoryItems[0].Similarity, 1e-4f);
        Assert.Equal(expected.Select(pair => pair.id), why.NearestHistoryItems.Select(near => near.Id));
        foreach (var (pair, near) in expected.Zip(why.NearestHistoryItems)) Assert.Equal(pair.Item2, near.Similarity, 1e-5);
        Assert.Equal(engine.RecommendFor(history, 1000, excludeSeen: false).Single(item => item.ItemId == world.ColdItem).Score, why.Score, 1e-5f);
        Assert.DoesNotContain(engine.ExplainFor(history, "twin").NearestHistoryItems, near => near.Id == "twin");
    }

    [Fact]
    public void Explain_SharedFactors_HaveTheNamesGiven()
    {
        using var plain = world.Engine();
        plain.AddItem(new NewItem("twin") { Values = world.Items[world.ColdItem] });
        var factors = plain.ExplainFor(["twin"], world.ColdItem).Factors;
        Assert.Equal([0, 1], factors.Select(factor => factor.Level));            // the same codes
        Assert.All(factors, factor => Assert.True(factor.Name is null && factor.HistoryItems.SequenceEqual(["twin"])));
        using var engine = world.AutoGraph.CreateEngine(world.Model, options: new EngineOptions
        {
            Factors = [new FactorProfile("item", 0, factors[0].Code, 1, [], []) { Name = "calm seas" }, new FactorProfile("user", 1, factors[1].Code, 1, [], []) { Name = "readers" }],
        });
        engine.AddItem(new NewItem("twin") { Values = world.Items[world.ColdItem] });
        var named = engine.ExplainFor(["twin"], world.ColdItem);
        Assert.Equal(["calm seas", null], named.Factors.Select(factor => factor.Name));
        Assert.Equal("calm seas", engine.RecommendFor(["twin"], 1000).Single(item => item.ItemId == world.ColdItem).Reasons.Single(reason => reason.Level == 0).Name);
        Assert.Contains("“calm seas”, shared with twin", named.ToString(), StringComparison.Ordinal);
        Assert.Contains("most attended to: twin 1.00", named.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Explain_NobodyAndNothing_HaveNoReasons()
    {
        using var engine = world.Engine();
        var why = engine.Explain("nobody", world.ColdItem);
        Assert.True(why is { Factors.Count: 0, Attention.Count: 0, NearestHistoryItems.Count: 0 });
        Assert.Contains("which is not there", Assert.Throws<ArgumentException>(() => engine.Explain("nobody", "nothing")).Message, StringComparison.Ordinal);
    }

    private static double Cosine(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(y => (double)y * y));
}
