using AutoGraph.Orleans;
using AutoGraph.Orleans.Serving;
using Xunit;

namespace AutoGraph.Orleans.Tests;

public sealed class RolloutTests(ClusterWorld world) : IClassFixture<ClusterWorld>
{
    private const string Before = "before", LogRecord = "autograph.record";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string[] Items => [.. world.World.Items.Keys];

    private string[] Users => [.. world.World.Users.Keys];

    private IReadOnlyDictionary<string, object> Values => world.World.Items[world.World.ColdItem];

    [Fact]
    public async Task Add_WrittenWhileTheNewModelIsFilled_IsInTheNewModel()
    {
        await using var cluster = await RunningCluster.StartAsync(1, world.First);
        string during = InShardOf(Enumerable.Range(0, 1000).Select(number => $"during {number}"));
        await cluster.Client.AddItemAsync(new NewItem(Before) { Values = Values });
        var held = cluster.Storage.Hold(LogRecord);
        var adding = cluster.Client.AddItemAsync(new NewItem(during) { Values = Values });
        await held.Reached;         // made for the first model, and on its way to the storage
        var publishing = cluster.Client.PublishAsync("second", world.Second, cancellationToken: Cancel);
        await FilledWithAsync(cluster, Before);
        held.LetGo();
        await adding;
        await publishing;
        using var second = world.Engine(world.Second);
        second.AddItem(new NewItem(Before) { Values = Values });
        second.AddItem(new NewItem(during) { Values = Values });
        await SameAnswers.OnAllRequests(second, cluster.Client, [Users[0], "nobody"], Items);
    }

    [Fact]
    public async Task Add_MadeBeforeTheNewModelIsFullAndWrittenAfter_IsInTheNewModel()
    {
        await using var cluster = await RunningCluster.StartAsync(1, world.First);
        var (during, removed) = (InShardOf(Enumerable.Range(0, 1000).Select(number => $"during {number}")), InShardOf(Items));
        await cluster.Client.AddItemAsync(new NewItem(Before) { Values = Values });
        var held = cluster.Storage.Hold(LogRecord);
        var removing = cluster.Client.RemoveItemAsync(removed);
        await held.Reached;
        var publishing = cluster.Client.PublishAsync("second", world.Second, cancellationToken: Cancel);
        await FilledWithAsync(cluster, Before);
        // both wait for the write of the removal: the new model first, to which it brings nothing to make
        var adding = ShardOf(cluster).PutAsync("first", GivenRow.Of(new NewItem(during) { Values = Values }), adds: true);
        await StampAsync(cluster, Before);
        held.LetGo();
        await Task.WhenAll(removing, adding, publishing);
        using var second = world.Engine(world.Second);
        second.AddItem(new NewItem(Before) { Values = Values });
        second.RemoveItem(removed);
        second.AddItem(new NewItem(during) { Values = Values });
        await SameAnswers.OnAllRequests(second, cluster.Client, [Users[0], "nobody"], Items);
    }

    private static IShardGrain ShardOf(RunningCluster cluster) => cluster.Cluster.GrainFactory.GetGrain<IShardGrain>(ShardHash.Of(Before, RunningCluster.Shards));

    private static string InShardOf(IEnumerable<string> ids) => ids.First(id => ShardHash.Of(id, RunningCluster.Shards) == ShardHash.Of(Before, RunningCluster.Shards));

    private static async Task<long> StampAsync(RunningCluster cluster, string id) => Assert.Single(await ShardOf(cluster).RowsAsync("first", [new(id, -2)], long.MaxValue)).Stamp;

    // returns when the shard has gone through all that it knows
    private static async Task FilledWithAsync(RunningCluster cluster, string id)
    {
        while ((await cluster.Client.StatusAsync()).Next is null) await Task.Delay(5, Cancel);
        await ShardOf(cluster).RowsAsync("second", [new(id, -2)], await StampAsync(cluster, id) + 1);
    }
}
