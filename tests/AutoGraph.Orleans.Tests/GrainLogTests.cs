using System.Text;
using AutoGraph.Orleans.Serving;
using AutoGraph.Orleans.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Orleans.TestingHost;
using Xunit;

namespace AutoGraph.Orleans.Tests;

/// <summary>What was acknowledged stays, whoever else writes and whatever the storage does not say.</summary>
public sealed class GrainLogTests(ClusterWorld world) : IClassFixture<ClusterWorld>
{
    private const string Head = "autograph.head";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Append_AfterAMoveOfWhichTheStorageDidNotSayWhetherItWasMade_IsRefused()
    {
        await using var cluster = await RunningCluster.StartAsync(1, null);
        var (log, _) = await OpenAsync(cluster);
        await log.AppendAsync(Bytes("a"));
        (cluster.Storage.FailsAt, cluster.Storage.Fails) = (Head, SharedStorage.Failure.AfterWriting);
        await Assert.ThrowsAsync<IOException>(() => log.ReplaceAsync([Bytes("a")]));
        cluster.Storage.Fails = SharedStorage.Failure.None;
        await Assert.ThrowsAsync<IOException>(() => log.AppendAsync(Bytes("b")));     // nobody would read it
        var (again, read) = await OpenAsync(cluster);
        Assert.Equal(["a"], read);
        await again.AppendAsync(Bytes("c"));
        Assert.Equal(["a", "c"], (await OpenAsync(cluster)).Read);
    }

    [Fact]
    public async Task Replace_AnotherWriterOpenedTheLogMeanwhile_IsRefusedAndLosesNothing()
    {
        await using var cluster = await RunningCluster.StartAsync(1, null);
        var (slow, _) = await OpenAsync(cluster);
        await slow.AppendAsync(Bytes("a"));
        var held = cluster.Storage.HoldOne(Head);
        var moving = slow.ReplaceAsync([Bytes("a")]);
        await held.Reached;         // sealed and copied
        var (next, read) = await OpenAsync(cluster);
        await next.AppendAsync(Bytes("b"));
        held.LetGo();
        await Assert.ThrowsAsync<InconsistentStateException>(() => moving);
        Assert.Equal(["a"], read);
        Assert.Equal(["a", "b"], (await OpenAsync(cluster)).Read);
    }

    [Fact]
    public async Task Replace_AfterOneThatBrokeOff_MovesAllRecords()
    {
        await using var cluster = await RunningCluster.StartAsync(1, null);
        var (log, _) = await OpenAsync(cluster);
        await log.AppendAsync(Bytes("a"));
        (cluster.Storage.FailsAt, cluster.Storage.Fails) = (Head, SharedStorage.Failure.BeforeWriting);
        await Assert.ThrowsAsync<IOException>(() => log.ReplaceAsync([Bytes("a")]));
        cluster.Storage.Fails = SharedStorage.Failure.None;
        var (again, _) = await OpenAsync(cluster);
        await again.AppendAsync(Bytes("b"));
        await again.ReplaceAsync([Bytes("ab")]);
        await again.AppendAsync(Bytes("c"));
        Assert.Equal(["ab", "c"], (await OpenAsync(cluster)).Read);
        Assert.Equal(2, again.Count);
    }

    [Fact]
    public async Task AddItem_ManyWhileTheLogIsMovedAndTheStorageDoesNotSaySo_NoneAcknowledgedIsLost()
    {
        const int Alone = 255, Together = 120;      // a log is moved after 256 records and some; what is added together is one record
        string service;
        string[] ids = [.. Enumerable.Range(0, 10_000).Select(number => $"joins {number}").Where(id => ShardHash.Of(id, RunningCluster.Shards) == 0).Take(Alone + Together)];
        await using (var cluster = await RunningCluster.StartAsync(1, world.First))
        {
            service = cluster.Cluster.Options.ServiceId;
            foreach (string id in ids[..Alone]) await AddAsync(cluster, id);
            (cluster.Storage.FailsAt, cluster.Storage.Fails) = (Head, SharedStorage.Failure.AfterWriting);
            await Parallel.ForEachAsync(ids[Alone..], new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancel }, async (id, _) =>
            {
                for (bool isAdded = false; !isAdded;)
                {
                    try
                    {
                        await AddAsync(cluster, id);
                        isAdded = true;
                    }
                    catch (IOException)
                    {
                        cluster.Storage.Fails = SharedStorage.Failure.None;
                    }
                }
            });
            Assert.True(cluster.Storage.Failures > 0, "the log was not moved");
            cluster.Storage.Fails = SharedStorage.Failure.None;
        }
        await using var again = await RunningCluster.StartAsync(1, null, service: service);
        var answer = await again.Client.RecommendForAsync([], 1000, new RequestOptions { Allow = ids });
        Assert.Equal(ids.Order(), answer.Items.Select(item => item.ItemId).Order());
    }

    private Task AddAsync(RunningCluster cluster, string id) => cluster.Client.AddItemAsync(new NewItem(id) { Values = world.World.Items[world.World.ColdItem] });

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static async Task<(GrainLog Log, List<string> Read)> OpenAsync(RunningCluster cluster)
    {
        var storage = ((InProcessSiloHandle)cluster.Cluster.Silos[0]).SiloHost.Services.GetRequiredKeyedService<IGrainStorage>(GuardedStorage.Name);
        var read = new List<string>();
        return (await GrainLog.OpenAsync(storage, "log", content => read.Add(Encoding.UTF8.GetString(content))), read);
    }
}
