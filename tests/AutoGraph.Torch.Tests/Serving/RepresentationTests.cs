using System.Numerics.Tensors;
using AutoGraph.TestKit;
using AutoGraph.Torch.Tests.MlNet;
using Microsoft.ML;
using Microsoft.ML.Data;
using Parquet.Serialization;
using Xunit;

namespace AutoGraph.Torch.Tests.Serving;

public sealed class RepresentationTests(ServedWorld world) : IClassFixture<ServedWorld>
{
    [Fact]
    public void Representations_DotProducts_AreTheScoresOfTheEngine()
    {
        using var engine = world.Engine();
        engine.AddItem(new NewItem("new") { Values = world.Items[world.ColdItem] });
        engine.RemoveItem(world.Items.Keys.First());
        engine.RemoveUser(world.Users.Keys.First());
        var (items, users) = (engine.ItemRepresentations(), engine.UserRepresentations());
        string[] itemIds = [.. items.GetColumn<string>("Id")], userIds = [.. users.GetColumn<string>("Id")];
        float[][] itemVectors = SmallWorld.Vectors(items, "Vector"), userVectors = SmallWorld.Vectors(users, "Vector");
        int[][] codes = [.. items.GetColumn<int[]>("Codes")];
        Assert.Equal([.. world.Items.Keys.Skip(1), "new"], itemIds);
        Assert.Equal(world.Users.Keys.Skip(1), userIds);
        Assert.Equal(SmallWorld.Options.Dimension, ((VectorDataViewType)items.Schema["Vector"].Type).Size);
        Assert.Equal(codes[Array.IndexOf(itemIds, world.ColdItem)], codes[^1]);
        for (int user = 0; user < userIds.Length; user += 7)
            foreach (var best in engine.Recommend(userIds[user], 100, excludeSeen: false))
                Assert.Equal(best.Score, TensorPrimitives.Dot<float>(userVectors[user], itemVectors[Array.IndexOf(itemIds, best.ItemId)]), 1e-4f);
    }

    [Fact]
    public async Task RecommendAllAndRepresentations_AsParquet_AreTheViews()
    {
        using var folder = new TempFolder();
        using var engine = world.Engine();
        Assert.Equal(3 * world.Users.Count, world.Context.Data.SaveAsParquet(engine.RecommendAll(count: 3), folder.File("top.parquet"), new() { RowGroupRows = 50 }));
        Assert.Equal(world.Items.Count, world.Context.Data.SaveAsParquet(engine.ItemRepresentations(), folder.File("items.parquet")));
        var top = await ReadAsync<Top>(folder.File("top.parquet"));
        foreach (var own in top.GroupBy(row => row.UserId))
            foreach (var (expected, found) in engine.Recommend(own.Key, 3).Zip(own))
                Assert.Equal(expected.Score, found.Score, 1e-4f);
        Assert.Equal(Enumerable.Repeat((int[])[1, 2, 3], world.Users.Count).SelectMany(ranks => ranks), top.Select(row => row.Rank));
        var items = await ReadAsync<Item>(folder.File("items.parquet"));
        Assert.Equal(world.Items.Keys, items.Select(item => item.Id));
        Assert.Equal(SmallWorld.Vectors(engine.ItemRepresentations(), "Vector"), items.Select(item => item.Vector.ToArray()));
        Assert.Equal(engine.ItemRepresentations().GetColumn<int[]>("Codes"), items.Select(item => item.Codes.ToArray()));
    }

    private static async Task<IList<T>> ReadAsync<T>(string path) where T : class, new()
    {
        using var stream = File.OpenRead(path);
        return (await ParquetSerializer.DeserializeAsync<T>(stream, cancellationToken: TestContext.Current.CancellationToken)).Data;
    }

    private sealed class Top
    {
        public string UserId { get; set; } = "";
        public int Rank { get; set; }
        public string ItemId { get; set; } = "";
        public float Score { get; set; }
    }

    private sealed class Item
    {
        public string Id { get; set; } = "";
        public List<float> Vector { get; set; } = [];
        public List<int> Codes { get; set; } = [];
    }
}
