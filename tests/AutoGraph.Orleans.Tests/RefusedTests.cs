using AutoGraph.Orleans;
using AutoGraph.Orleans.Serving;
using AutoGraph.TestKit;
using AutoGraph.Torch.Tests.MlNet;
using AutoGraph.Torch.Tests.Serving;
using Xunit;

namespace AutoGraph.Orleans.Tests;

/// <summary>An item and a user whose vectors the second model refuses: it reads others of another length.</summary>
public sealed class RefusedTests(ClusterWorld world) : IClassFixture<ClusterWorld>, IDisposable
{
    private const string Item = "refused item", User = "refused user";

    private readonly TempFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string[] Items => [.. world.World.Items.Keys];

    private string InItsShard => Items.First(id => ShardHash.Of(id, RunningCluster.Shards) == ShardHash.Of(Item, RunningCluster.Shards));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task WholeCluster_StartedAgain_AsksUsersAndShardsForWhatWasRefusedAndAnswers()
    {
        string service;
        await using (var cluster = await StartAsync())
        {
            service = cluster.Cluster.Options.ServiceId;
        }
        // the item asks for its user, who asks for the items of a history in the same shard
        await using var again = await RunningCluster.StartAsync(1, null, service: service);
        Assert.Equal(5, (await again.Client.RecommendAsync("nobody", 5)).Items.Count);
    }

    [Fact]
    public async Task Remove_ActiveModelRefusedThem_NoLaterModelServesThem()
    {
        await using var cluster = await StartAsync();
        Assert.DoesNotContain(Item, await AllAsync(cluster));
        Assert.True(await cluster.Client.RemoveItemAsync(Item));
        Assert.False(await cluster.Client.RemoveItemAsync(Item));
        Assert.True(await cluster.Client.RemoveUserAsync(User));
        Assert.False(await cluster.Client.RemoveUserAsync(User));
        while ((await cluster.Client.StatusAsync()).Retiring.Count > 0) await Task.Delay(5, Cancel);
        await cluster.Client.PublishAsync("third", world.Second, DateTimeOffset.UnixEpoch, Cancel);        // which would take them
        Assert.DoesNotContain(Item, await AllAsync(cluster));
        using var third = world.Engine(world.Second);
        SameAnswers.Equal(third.Recommend(User, 5), await cluster.Client.RecommendAsync(User, 5));
    }

    [Fact]
    public async Task AddItem_AfterARefusedOneWasRemoved_IsANewOne()
    {
        await using var cluster = await StartAsync();
        await cluster.Client.RemoveItemAsync(Item);
        await cluster.Client.AddItemAsync(new NewItem(Item) { SemanticVector = new float[LetterEncoder.Dimension], Values = world.World.Items[world.World.ColdItem], Users = [] });
        Assert.Contains(Item, await AllAsync(cluster));
    }

    // with both, and a second model that has neither
    private async Task<RunningCluster> StartAsync()
    {
        string path = _folder.File("lettered.zip");
        var lettered = new ServedWorld(SmallWorld.Quantizer, SmallWorld.Graph, new LetterEncoder());
        lettered.AutoGraph.Save(lettered.Model, null, path);
        var cluster = await RunningCluster.StartAsync(1, world.First);
        var (graph, data) = (TransformerSearch.Flatten(world.World.Model).OfType<MetapathGraphTransformer>().Single(), new SmallWorld().Data);
        float[] ofUser = SmallWorld.Vectors(graph.UserPipeline!.Transform(data.Users), "Semantics")[0], ofItem = SmallWorld.Vectors(graph.ItemPipeline!.Transform(data.Items), "Semantics")[0];
        await cluster.Client.AddUserAsync(new NewUser(User) { Values = world.World.Users[world.World.ColdUser], SemanticVector = ofUser, History = [InItsShard] });
        await cluster.Client.AddItemAsync(new NewItem(Item) { Values = world.World.Items[world.World.ColdItem], SemanticVector = ofItem, Users = [User] });
        Assert.Contains(Item, await AllAsync(cluster));
        await cluster.Client.PublishAsync("second", path, DateTimeOffset.UnixEpoch, Cancel);
        return cluster;
    }

    private static async Task<IEnumerable<string>> AllAsync(RunningCluster cluster) => (await cluster.Client.RecommendForAsync([], 1000)).Items.Select(item => item.ItemId);
}
