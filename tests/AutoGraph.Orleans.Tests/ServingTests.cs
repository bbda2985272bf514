using AutoGraph.Orleans;
using Xunit;

namespace AutoGraph.Orleans.Tests;

public sealed class ServingTests(ClusterWorld world) : IClassFixture<ClusterWorld>
{
    private string[] Items => [.. world.World.Items.Keys];

    private string[] Users => [.. world.World.Users.Keys];

    [Fact]
    public async Task Recommend_ThreeSilos_AnswersAsOneMachine()
    {
        await using var cluster = await RunningCluster.StartAsync(3, world.First);
        using var engine = world.Engine(world.First);
        await SameAnswers.OnAllRequests(engine, cluster.Client, [.. Users.Take(6), Users[^1], "nobody"], Items);
    }

    [Fact]
    public async Task Changes_OfItemsAndUsers_AnswerAsOneMachineAfterTheSame()
    {
        await using var cluster = await RunningCluster.StartAsync(3, world.First);
        using var engine = world.Engine(world.First);
        await new SameChanges(engine, cluster.Client, world.World).MakeAllAsync();
        await SameAnswers.OnAllRequests(engine, cluster.Client, [.. Users.Take(4), .. SameChanges.Users, Users[^1], "nobody"], [.. Items.Take(10), .. SameChanges.Items]);
    }

    [Fact]
    public async Task RollingUpdate_UnderRequests_EveryAnswerIsThatOfItsVersion()
    {
        await using var cluster = await RunningCluster.StartAsync(3, world.First);
        using var first = world.Engine(world.First);
        using var second = world.Engine(world.Second);
        var changes = new SameChanges(first, cluster.Client, world.World);
        await changes.InsertAsync();
        await new SameChanges(second, null, world.World).InsertAsync();
        using var stop = new CancellationTokenSource();
        var asked = Task.Run(() => AskAsync(cluster.Client, first, second, stop.Token), TestContext.Current.CancellationToken);
        // made before the data of the second model ended: of those who joined it knows nobody, so they stay
        await cluster.Client.PublishAsync("second", world.Second, DateTimeOffset.UtcNow, TestContext.Current.CancellationToken);
        await SameAnswers.OnAllRequests(second, cluster.Client, [.. Users.Take(3), .. SameChanges.Inserted, "nobody"], Items);
        await stop.CancelAsync();
        var versions = await asked;
        Assert.Contains("first", versions);
        Assert.Equal("second", (await cluster.Client.StatusAsync()).Active!.Name);
        for (int tries = 0; (await cluster.Client.StatusAsync()).Retiring.Count > 0; tries++)
        {
            Assert.True(tries < 300, "the old version was not released");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => cluster.Client.RecommendAsync(Users[0], version: "first"));
        Assert.Contains("'second'", error.Message, StringComparison.Ordinal);
        Assert.Contains("belongs to another model", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WholeCluster_StartedAgainBeforeTheOldModelIsReleased_ServesBoth()
    {
        string service;
        await using (var cluster = await RunningCluster.StartAsync(1, world.First, releaseAfter: TimeSpan.FromHours(1)))
        {
            service = cluster.Cluster.Options.ServiceId;
            await cluster.Client.PublishAsync("second", world.Second, DateTimeOffset.UtcNow, TestContext.Current.CancellationToken);
        }
        await using var again = await RunningCluster.StartAsync(1, null, service: service, releaseAfter: TimeSpan.FromHours(1));
        var status = await again.Client.StatusAsync();
        Assert.Equal(("second", "first"), (status.Active!.Name, Assert.Single(status.Retiring).Name));
        using var first = world.Engine(world.First);
        Assert.Equal(first.Recommend(Users[0], 5).Select(item => (item.ItemId, item.Score)), (await again.Client.RecommendAsync(Users[0], 5, version: "first")).Items.Select(item => (item.ItemId, item.Score)));
    }

    [Fact]
    public async Task SiloKilled_AfterChanges_NothingIsLost()
    {
        await using var cluster = await RunningCluster.StartAsync(3, world.First);
        using var engine = world.Engine(world.First);
        await new SameChanges(engine, cluster.Client, world.World).MakeAllAsync();
        await cluster.Cluster.KillSiloAsync(cluster.Cluster.SecondarySilos[0]);
        await SameAnswers.OnAllRequests(engine, cluster.Client, [.. Users.Take(2), .. SameChanges.Users], [.. Items.Take(10), .. SameChanges.Items]);
    }

    [Fact]
    public async Task BadInput_OfEveryKind_GivesTheErrorsOfOneMachine()
    {
        await using var cluster = await RunningCluster.StartAsync(2, world.First);
        using var engine = world.Engine(world.First);
        var client = cluster.Client;
        var values = world.World.Items[world.World.ColdItem];
        await SameError(() => engine.Recommend(Users[0], 0), () => client.RecommendAsync(Users[0], 0));
        await SameError(() => engine.Recommend(null!), () => client.RecommendAsync(null!));
        await SameError(() => engine.Recommend(Users[0], 5, new RequestOptions { NewItems = -1 }), () => client.RecommendAsync(Users[0], 5, new RequestOptions { NewItems = -1 }));
        await SameError(() => engine.AddItem(new NewItem(Items[0]) { Values = values }), () => client.AddItemAsync(new NewItem(Items[0]) { Values = values }));
        await SameError(() => engine.AddItem(new NewItem("") { Values = values }), () => client.AddItemAsync(new NewItem("") { Values = values }));
        await SameError(() => engine.AddItem(new NewItem("x") { Values = values, Users = ["nobody"] }), () => client.AddItemAsync(new NewItem("x") { Values = values, Users = ["nobody"] }));
        await SameError(() => engine.AddItem(new NewItem("x")), () => client.AddItemAsync(new NewItem("x")));
        await SameError(() => engine.AddItem(new NewItem("x") { SemanticVector = [1] }), () => client.AddItemAsync(new NewItem("x") { SemanticVector = [1] }));
        await SameError(() => engine.AddItem(new NewItem("x") { SemanticVector = [1], Knowledge = "both" }), () => client.AddItemAsync(new NewItem("x") { SemanticVector = [1], Knowledge = "both" }));
        await SameError(() => engine.AddItem(new NewItem("x") { Values = new Dictionary<string, object> { ["Year"] = new object() } }), () => client.AddItemAsync(new NewItem("x") { Values = new Dictionary<string, object> { ["Year"] = new object() } }));
        await SameError(() => engine.UpdateItem(new NewItem("x") { Values = values }), () => client.UpdateItemAsync(new NewItem("x") { Values = values }));
        await SameError(() => engine.AddUser(new NewUser(Users[0])), () => client.AddUserAsync(new NewUser(Users[0])));
        await SameError(() => engine.AddUser(new NewUser("x") { History = [Items[0], "unknown"] }), () => client.AddUserAsync(new NewUser("x") { History = [Items[0], "unknown"] }));
        await SameError(() => engine.UpdateUser(new NewUser("x")), () => client.UpdateUserAsync(new NewUser("x")));
        await SameError(() => engine.AddInteractions("x", Items[0]), () => client.AddInteractionsAsync("x", Items[0]));
        await SameError(() => engine.AddInteractions(Users[0], Items[0], "unknown"), () => client.AddInteractionsAsync(Users[0], Items[0], "unknown"));
        await Assert.ThrowsAsync<NotSupportedException>(() => client.RecommendAsync(Users[0], 5, new RequestOptions { Where = _ => true }));
        await SameAnswers.OnAllRequests(engine, client, Users.Take(2), Items);        // nothing was changed
    }

    [Fact]
    public async Task Models_MissingDamagedOrOfAnotherName_AreRefusedAndTheOldOneStays()
    {
        await using var cluster = await RunningCluster.StartAsync(2, null);
        var stop = TestContext.Current.CancellationToken;
        Assert.Contains("Publish one", (await Assert.ThrowsAsync<InvalidOperationException>(() => cluster.Client.RecommendAsync("u"))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<FileNotFoundException>(() => cluster.Client.PublishAsync("none", world.First + ".none", DateTimeOffset.UtcNow, stop));
        await cluster.Client.PublishAsync("first", world.First, DateTimeOffset.UtcNow, stop);
        string damaged = world.First + ".damaged";
        byte[] bytes = await File.ReadAllBytesAsync(world.First, stop);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(damaged, bytes, stop);
        Assert.Contains("the file is damaged", (await Assert.ThrowsAsync<InvalidDataException>(() => cluster.Client.PublishAsync("damaged", damaged, DateTimeOffset.UtcNow, stop))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => cluster.Client.PublishAsync("first", world.Second, DateTimeOffset.UtcNow, stop));
        Assert.Equal("first", (await cluster.Client.RecommendAsync(Users[0])).Version);
    }

    private static async Task SameError(Action engine, Func<Task> cluster)
    {
        var expected = Assert.ThrowsAny<Exception>(engine);
        var found = await Assert.ThrowsAnyAsync<Exception>(cluster);
        Assert.Equal((expected.GetType(), expected.Message), (found.GetType(), found.Message));
    }

    private async Task<HashSet<string>> AskAsync(RecommendationCluster cluster, RecommendationEngine first, RecommendationEngine second, CancellationToken stop)
    {
        var versions = new HashSet<string>();
        for (int number = 0; !stop.IsCancellationRequested; number++)
        {
            string user = ((string[])[.. Users, .. SameChanges.Inserted])[number % (Users.Length + SameChanges.Inserted.Length)];
            var answer = await cluster.RecommendAsync(user, 10);
            versions.Add(answer.Version);
            SameAnswers.Equal((answer.Version == "first" ? first : second).Recommend(user, 10), answer);
        }
        return versions;
    }
}
