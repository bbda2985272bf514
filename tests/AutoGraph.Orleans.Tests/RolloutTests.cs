using AutoGraph.Orleans;
using AutoGraph.Orleans.Rollouts;
using AutoGraph.Orleans.Serving;
using AutoGraph.TestKit;
using AutoGraph.Torch.Tests.MlNet;
using AutoGraph.Torch.Tests.Serving;
using Microsoft.ML;
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
    public async Task Publish_ChangesBeforeAndAfterTheDataWereRead_MakesThoseAfterAgain()
    {
        await using var cluster = await RunningCluster.StartAsync(1, world.First);
        await cluster.Client.AddInteractionsAsync(Users[0], Items[0], Items[1]);
        var dataUntil = DateTimeOffset.UtcNow;
        await cluster.Client.AddInteractionsAsync(Users[1], Items[2], Items[3]);
        await cluster.Client.PublishAsync("second", world.Second, dataUntil, Cancel);
        using var second = world.Engine(world.Second);
        second.AddInteractions(Users[1], Items[2], Items[3]);
        await SameAnswers.OnAllRequests(second, cluster.Client, [.. Users.Take(3)], Items);
    }

    [Fact]
    public async Task Add_WrittenWhileTheNewModelIsFilled_IsInTheNewModel()
    {
        await using var cluster = await RunningCluster.StartAsync(1, world.First);
        string during = InShardOf(Enumerable.Range(0, 1000).Select(number => $"during {number}"));
        await cluster.Client.AddItemAsync(new NewItem(Before) { Values = Values });
        var held = cluster.Storage.Hold(LogRecord);
        var adding = cluster.Client.AddItemAsync(new NewItem(during) { Values = Values });
        await held.Reached;         // made for the first model, and on its way to the storage
        var publishing = cluster.Client.PublishAsync("second", world.Second, DateTimeOffset.UtcNow, Cancel);
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
        var publishing = cluster.Client.PublishAsync("second", world.Second, DateTimeOffset.UtcNow, Cancel);
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

    [Fact]
    public async Task Publish_AgainAfterTheCopyIsComplete_Succeeds()
    {
        await using var cluster = await RunningCluster.StartAsync(2, world.First);
        using var folder = new TempFolder();
        string copy = folder.File("second.zip");
        byte[] bytes = await File.ReadAllBytesAsync(world.Second, Cancel);
        await File.WriteAllBytesAsync(copy, bytes[..(bytes.Length / 2)], Cancel);
        // as a client does that has the whole file at this path
        await cluster.Cluster.GrainFactory.GetGrain<IModelsGrain>(0).PublishAsync(new("second", copy, ModelHost.HashOf(world.Second), DateTimeOffset.UtcNow));
        while ((await cluster.Client.StatusAsync()).Next is not null) await Task.Delay(5, Cancel);
        var status = await cluster.Client.StatusAsync();
        Assert.Equal("first", status.Active!.Name);
        Assert.Contains("Copy it again", status.Failure, StringComparison.Ordinal);
        File.Copy(world.Second, copy, overwrite: true);
        await cluster.Client.PublishAsync("second", copy, DateTimeOffset.UtcNow, Cancel);
        status = await cluster.Client.StatusAsync();
        Assert.Equal(("second", null), (status.Active!.Name, status.Failure));
    }

    public static TheoryData<Exception> Faults => [new HttpRequestException("the download broke off"), new KeyNotFoundException("no such key"), new TaskCanceledException("the service took too long")];

    [Theory, MemberData(nameof(Faults))]
    public async Task Publish_PreparationThrowsAnything_FailsWithItsMessageAndCanBeRepeated(Exception fault)
    {
        Exception? thrown = null;
        await using var cluster = await RunningCluster.StartAsync(2, world.First, prepare: (_, model) => thrown is null ? model : throw thrown);
        thrown = fault;
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => PublishAsync(cluster, world.Second));
        Assert.Contains(fault.Message, error.Message, StringComparison.Ordinal);
        Assert.Equal("first", (await cluster.Client.StatusAsync()).Active!.Name);
        thrown = null;
        await PublishAsync(cluster, world.Second);
        Assert.Equal("second", (await cluster.Client.StatusAsync()).Active!.Name);
    }

    [Fact]
    public async Task Publish_NewModelCannotMakeWhatJoined_FailsOrWaitsAndDropsNothing()
    {
        var encoder = new LetterEncoder();
        bool isAttached = false;
        using var folder = new TempFolder();
        string path = folder.File("lettered.zip");
        var lettered = new ServedWorld(SmallWorld.Quantizer, SmallWorld.Graph, encoder);
        lettered.AutoGraph.Save(lettered.Model, null, path);
        var values = new Dictionary<string, object>(Values) { ["Knowledge"] = "a text that no fit has read" };
        await using var cluster = await RunningCluster.StartAsync(1, world.First, prepare: (autoGraph, model) => isAttached ? autoGraph.Attach(model, encoder) : model);
        await cluster.Client.AddItemAsync(new NewItem(Before) { Values = values });
        await cluster.Client.AddUserAsync(new NewUser("joined") { History = [Items[0], Before] });

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => PublishAsync(cluster, path));
        Assert.Contains("autoGraph.Attach(model, encoder)", error.Message, StringComparison.Ordinal);
        Assert.Equal("first", (await cluster.Client.StatusAsync()).Active!.Name);

        (isAttached, encoder.Fails) = (true, 3);
        await PublishAsync(cluster, path);
        Assert.Equal(3, encoder.Failures);
        var autoGraph = new MLContext().AutoGraph();
        using var second = autoGraph.CreateEngine(autoGraph.Attach(autoGraph.Load(path, out _), encoder));
        second.AddItem(new NewItem(Before) { Values = values });
        second.AddUser(new NewUser("joined") { History = [Items[0], Before] });
        await SameAnswers.OnAllRequests(second, cluster.Client, [Users[0], "joined"], Items);
    }

    [Fact]
    public async Task AddInteractions_NewModelCouldNotMakeTheUser_KeepsTheHistoryOfBefore()
    {
        using var folder = new TempFolder();
        string path = folder.File("lettered.zip");
        var lettered = new ServedWorld(SmallWorld.Quantizer, SmallWorld.Graph, new LetterEncoder());
        lettered.AutoGraph.Save(lettered.Model, null, path);
        string[] unseen = [.. Items.Except(world.World.Train.Where(row => row.User == Users[0]).Select(row => row.Item)).Take(4)];
        await using var cluster = await RunningCluster.StartAsync(1, world.First);
        await cluster.Client.UpdateUserAsync(new NewUser(Users[0]) { Values = new Dictionary<string, object> { ["Knowledge"] = "a text that no fit has read" }, History = unseen[..3] });
        await cluster.Client.PublishAsync("second", path, DateTimeOffset.UnixEpoch, Cancel);      // without an encoder for the text
        await cluster.Client.AddInteractionsAsync(Users[0], unseen[3]);
        var answer = await cluster.Client.RecommendAsync(Users[0], 1000);
        Assert.NotEmpty(answer.Items);
        Assert.Empty(answer.Items.Select(item => item.ItemId).Intersect(unseen));
    }

    [Theory, InlineData(nameof(SharedStorage.Failure.BeforeWriting)), InlineData(nameof(SharedStorage.Failure.AfterWriting))]
    public async Task Recommend_UserOfBeforeTheRolloutWhileTheStorageIsAway_Answers(string failure)
    {
        await using var cluster = await RunningCluster.StartAsync(1, world.First);
        await cluster.Client.AddUserAsync(new NewUser("joined") { History = [Items[0], Items[1]] });
        await PublishAsync(cluster, world.Second);
        using var second = world.Engine(world.Second);
        second.AddUser(new NewUser("joined") { History = [Items[0], Items[1]] });
        cluster.Storage.Fails = Enum.Parse<SharedStorage.Failure>(failure);
        SameAnswers.Equal(second.Recommend("joined", 5), await cluster.Client.RecommendAsync("joined", 5));
        while (cluster.Storage.Failures == 0) await Task.Delay(5, Cancel);      // the user's new row
        await Assert.ThrowsAsync<IOException>(() => cluster.Client.AddUserAsync(new NewUser("nobody else") { History = [Items[0]] }));
        SameAnswers.Equal(second.Recommend("joined", 5), await cluster.Client.RecommendAsync("joined", 5));
        cluster.Storage.Fails = SharedStorage.Failure.None;
        second.AddInteractions("joined", Items[2]);
        await cluster.Client.AddInteractionsAsync("joined", Items[2]);
        SameAnswers.Equal(second.Recommend("joined", 5), await cluster.Client.RecommendAsync("joined", 5));
    }

    [Fact]
    public async Task Recommend_NewModelRefusedTheUser_IsNotAskedAgain()
    {
        const string Text = "a text that no fit has read";
        var encoder = new LetterEncoder();
        bool isAttached = false;
        using var folder = new TempFolder();
        string path = folder.File("lettered.zip");
        var lettered = new ServedWorld(SmallWorld.Quantizer, SmallWorld.Graph, encoder);
        lettered.AutoGraph.Save(lettered.Model, null, path);
        await using var cluster = await RunningCluster.StartAsync(1, world.First, prepare: (autoGraph, model) => isAttached ? autoGraph.Attach(model, encoder) : model);
        await cluster.Client.UpdateUserAsync(new NewUser(Users[0]) { Values = new Dictionary<string, object> { ["Knowledge"] = Text }, History = Items[..3] });
        (isAttached, encoder.Refuses) = (true, Text);
        await cluster.Client.PublishAsync("second", path, DateTimeOffset.UnixEpoch, Cancel);
        await cluster.Client.RecommendAsync(Users[0]);
        int refusals = encoder.Refusals;
        Assert.True(refusals > 0, "the encoder was not asked");
        await cluster.Client.RecommendAsync(Users[0]);
        Assert.Equal(refusals, encoder.Refusals);
        encoder.Refuses = null;
        await cluster.Client.AddInteractionsAsync(Users[0], Items[4]);      // another row: asked again
        await cluster.Client.UpdateUserAsync(new NewUser(Users[0]) { Values = new Dictionary<string, object> { ["Knowledge"] = Text } });
        Assert.Equal("second", (await cluster.Client.RecommendAsync(Users[0])).Version);
    }

    [Fact]
    public async Task Publish_ModelThatIsNotReleasedYet_IsActiveAgain()
    {
        await using var cluster = await RunningCluster.StartAsync(1, world.First, releaseAfter: TimeSpan.FromHours(1));
        await PublishAsync(cluster, world.Second);
        await cluster.Client.AddItemAsync(new NewItem(Before) { Values = Values });
        await cluster.Client.PublishAsync("first", world.First, DateTimeOffset.UtcNow, Cancel);
        var status = await cluster.Client.StatusAsync();
        Assert.Equal(("first", "second"), (status.Active!.Name, Assert.Single(status.Retiring).Name));
        using var first = world.Engine(world.First);
        first.AddItem(new NewItem(Before) { Values = Values });
        await SameAnswers.OnAllRequests(first, cluster.Client, [Users[0], "nobody"], Items);
    }

    [Fact]
    public async Task Rows_ShardForgotTheModelWhileItFilled_AreThoseOfTheNextFill()
    {
        await using var cluster = await RunningCluster.StartAsync(1, world.First);
        await cluster.Client.AddItemAsync(new NewItem(Before) { Values = Values });
        var held = cluster.Storage.HoldOne(LogRecord);
        var publishing = cluster.Client.PublishAsync("second", world.Second, DateTimeOffset.UnixEpoch, Cancel);
        await held.Reached;         // all made, nothing kept: not full yet
        long stamp = await StampAsync(cluster, Before);
        var rows = ShardOf(cluster).RowsAsync("second", [new(Before, -2)], stamp + 1000);
        await ShardOf(cluster).KeepAsync(["first"]);
        held.LetGo();
        Assert.Equal(stamp, Assert.Single(await rows).Stamp);
        await publishing;
    }

    [Fact]
    public async Task Publish_NameOfAReleasedModel_ServesItsFileOnly()
    {
        await using var cluster = await RunningCluster.StartAsync(1, world.First);
        await PublishAsync(cluster, world.Second);
        await ReleasedAsync(cluster);
        var error = await Assert.ThrowsAsync<ArgumentException>(() => cluster.Client.PublishAsync("first", world.Second, DateTimeOffset.UtcNow, Cancel));
        Assert.Contains("Give the model another name", error.Message, StringComparison.Ordinal);
        await cluster.Client.PublishAsync("first", world.First, DateTimeOffset.UtcNow, Cancel);
        Assert.Equal("first", (await cluster.Client.RecommendAsync(Users[0])).Version);
    }

    [Fact]
    public async Task AddItem_ARequestBroughtTheOldModelBackWhileItWasReleased_IsAdded()
    {
        await using var cluster = await RunningCluster.StartAsync(1, world.First);
        var held = cluster.Storage.HoldOne("models", after: 2);     // begun, active, then released
        await PublishAsync(cluster, world.Second);
        await held.Reached;         // shards have forgotten it, silos know it
        await cluster.Client.RecommendAsync(Users[0], version: "first");
        held.LetGo();
        while (await IsServedAsync(cluster, "first")) await Task.Delay(5, Cancel);
        await cluster.Client.AddItemAsync(new NewItem(Before) { Values = Values, Users = Users[..3] });
        using var second = world.Engine(world.Second);
        second.AddItem(new NewItem(Before) { Values = Values, Users = Users[..3] });
        await SameAnswers.OnAllRequests(second, cluster.Client, [Users[0], "nobody"], Items);
    }

    private static async Task ReleasedAsync(RunningCluster cluster)
    {
        while ((await cluster.Client.StatusAsync()).Retiring.Count > 0) await Task.Delay(5, Cancel);
    }

    private static async Task<bool> IsServedAsync(RunningCluster cluster, string version)
    {
        try
        {
            await cluster.Client.RecommendAsync("nobody", version: version);
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static Task PublishAsync(RunningCluster cluster, string path) => cluster.Client.PublishAsync("second", path, DateTimeOffset.UtcNow, Cancel).WaitAsync(TimeSpan.FromMinutes(2), Cancel);

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
