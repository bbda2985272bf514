using AutoGraph.Torch.Tests.MlNet;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Torch.Tests.Serving;

public sealed class RequestTests(ServedWorld world) : IClassFixture<ServedWorld>
{
    private string User => world.Users.Keys.First();

    [Fact]
    public void Recommend_Filters_LeaveTheOthersInTheirOrder()
    {
        using var engine = world.Engine();
        string[] all = [.. engine.Recommend(User, 1000).Select(item => item.ItemId)], allowed = [.. all.Where((_, place) => place % 3 == 0)];
        Assert.Equal(allowed, Ids(new() { Allow = [.. allowed.Reverse(), "unknown"] }));
        Assert.Equal(all.Except(allowed), Ids(new() { Deny = [.. allowed, "unknown"] }));
        Assert.Equal(all.Where(id => id.EndsWith('1')), Ids(new() { Where = id => id.EndsWith('1') }));
        Assert.Empty(Ids(new() { Allow = [] }));
        string[] few = [all[^1], all[2], all[7]];       // read one by one
        Assert.Equal([all[2], all[7], all[^1]], Ids(new() { Allow = [.. few, few[0], "unknown"] }));
        Assert.Equal([all[2]], engine.Recommend(User, 1, new RequestOptions { Allow = few }).Select(item => item.ItemId));
        Assert.Equal(engine.Recommend(User, 1000).Where(item => few.Contains(item.ItemId)).Select(item => item.Score), engine.Recommend(User, 9, new RequestOptions { Allow = few }).Select(item => item.Score));
        Assert.Equal(world.Items.Count, Ids(new() { ExcludeSeen = false }).Count());

        IEnumerable<string> Ids(RequestOptions options) => engine.Recommend(User, 1000, options).Select(item => item.ItemId);
    }

    [Fact]
    public void Recommend_EqualScores_TheFirstThatJoinedComesFirst()
    {
        using var engine = world.Engine();
        var values = world.Items[world.ColdItem];
        engine.AddItems([.. ((string[])["c", "a", "b"]).Select(id => new NewItem(id) { Values = values })]);
        var ranked = engine.Recommend(User, 1000, new RequestOptions { Allow = ["a", "b", "c"] });
        Assert.Equal(["c", "a", "b"], ranked.Select(item => item.ItemId));
        Assert.Single(ranked.Select(item => item.Score).Distinct());
    }

    [Fact]
    public void ContentWeight_Large_OrdersByTheCosineToTheHistory()
    {
        using var engine = world.Engine();
        engine.AddItem(new NewItem("twin") { Values = world.Items[world.ColdItem] });
        var weighted = engine.RecommendFor([world.ColdItem], 1000, new RequestOptions { ContentWeight = 100 });
        Assert.Equal("twin", weighted[0].ItemId);           // the same text: cosine 1
        var content = engine.Snapshot.Items.Content;
        int cold = engine.Snapshot.Items.Ids.PositionOf(world.ColdItem);
        double[] cosines = [.. weighted.Select(item => Cosine(content[cold].ToArray(), content[engine.Snapshot.Items.Ids.PositionOf(item.ItemId)].ToArray()))];
        for (int place = 1; place < cosines.Length; place++) Assert.True(cosines[place] <= cosines[place - 1] + 0.05, $"{cosines[place - 1]} before {cosines[place]}");
    }

    [Fact]
    public void ContentWeight_AnyWeight_IsTheSumOfStandardizedScores()
    {
        using var engine = world.Engine();
        string[] history = [.. world.Items.Keys.Take(3)];
        var plain = engine.RecommendFor(history, 1000, new RequestOptions { ExcludeSeen = false }).ToDictionary(item => item.ItemId, item => (double)item.Score);
        var items = engine.Snapshot.Items;
        double[] mean = new double[items.Content.Width];
        foreach (string id in history)
            for (int d = 0; d < mean.Length; d++) mean[d] += items.Content[items.Ids.PositionOf(id)][d] / 3.0;
        var (model, cosine) = (Standardized(plain), Standardized(plain.Keys.ToDictionary(id => id, id => Cosine([.. mean.Select(value => (float)value)], items.Content[items.Ids.PositionOf(id)].ToArray()))));
        foreach (var item in engine.RecommendFor(history, 1000, new RequestOptions { ExcludeSeen = false, ContentWeight = 0.5 }))
            Assert.Equal(model[item.ItemId] + 0.5 * cosine[item.ItemId], item.Score, 1e-3);
    }

    [Fact]
    public void ContentWeight_OutOfRange_IsNamed()
    {
        using var engine = world.Engine();
        Assert.Contains("ContentWeight", Assert.Throws<ArgumentException>(() => engine.Recommend(User, 5, new RequestOptions { ContentWeight = -1 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SimilarItems_OfATwin_IsTheTwin()
    {
        using var engine = world.Engine();
        engine.AddItem(new NewItem("twin") { Values = world.Items[world.ColdItem] });
        var nearest = engine.SimilarItems(world.ColdItem, 1000);
        Assert.Equal(("twin", world.Items.Count), (nearest[0].Id, nearest.Count));
        Assert.Equal(1, nearest[0].Similarity, 1e-4f);
        Assert.Equal(nearest.OrderByDescending(item => item.Similarity), nearest);
        engine.RemoveItem("twin");
        Assert.DoesNotContain(engine.SimilarItems(world.ColdItem, 1000), item => item.Id == "twin");
        Assert.Contains("which is not there", Assert.Throws<ArgumentException>(() => engine.SimilarItems("twin")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SimilarUsers_OfATwin_IsTheTwin()
    {
        using var engine = world.Engine();
        engine.AddUser(new NewUser("twin") { Values = world.Users[world.ColdUser] });
        var nearest = engine.SimilarUsers(world.ColdUser, 1000);
        Assert.Equal(("twin", world.Users.Count), (nearest[0].Id, nearest.Count));
        Assert.Equal(1, nearest[0].Similarity, 1e-4f);
    }

    [Fact]
    public void RecommendAll_EveryUser_IsWhatSingleRequestsGive()
    {
        using var engine = world.Engine();
        engine.AddUser(new NewUser("new") { Values = world.Users[world.ColdUser], History = [.. world.Items.Keys.Take(2)] });
        var view = engine.RecommendAll(count: 4);
        engine.RemoveItem(engine.Recommend(User)[0].ItemId);        // the view keeps its snapshot
        engine.AddItem(new NewItem("later") { Values = world.Items[world.ColdItem] });
        var rows = view.GetColumn<string>("UserId").Zip(view.GetColumn<string>("ItemId"), view.GetColumn<float>("Score")).Zip(view.GetColumn<int>("Rank")).ToArray();
        Assert.Equal(4 * (world.Users.Count + 1), rows.Length);
        using var untouched = world.Engine();
        untouched.AddUser(new NewUser("new") { Values = world.Users[world.ColdUser], History = [.. world.Items.Keys.Take(2)] });
        foreach (var user in rows.GroupBy(row => row.First.First))
        {
            Assert.Equal([1, 2, 3, 4], user.Select(row => row.Second));
            foreach (var (expected, found) in untouched.Recommend(user.Key, 4).Zip(user)) Assert.Equal(expected.Score, found.First.Third, 1e-4f);
        }
    }

    private static Dictionary<string, double> Standardized(Dictionary<string, double> values)
    {
        double mean = values.Values.Average(), deviation = Math.Sqrt(values.Values.Average(value => (value - mean) * (value - mean)));
        return values.ToDictionary(pair => pair.Key, pair => (pair.Value - mean) / deviation);
    }

    private static double Cosine(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(y => (double)y * y));
}
