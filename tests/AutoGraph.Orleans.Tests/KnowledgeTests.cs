using AutoGraph.Orleans;
using AutoGraph.Orleans.Knowledge;
using AutoGraph.Semantics.Knowledge;
using Xunit;

namespace AutoGraph.Orleans.Tests;

public sealed class KnowledgeTests
{
    private static KnowledgeRequest[] Rows(int count) => [.. Enumerable.Range(0, count).Select(row => new KnowledgeRequest($"r{row}", $"prompt {row}"))];

    [Fact]
    public async Task Generate_ThreeSilos_AsksEachPromptOnceWithinTheLimitsOfAll()
    {
        await using var cluster = await RunningCluster.StartAsync(3, null);
        var (knowledge, endpoint) = (cluster.Knowledge, cluster.Endpoint);
        var stop = TestContext.Current.CancellationToken;
        var report = await knowledge.GenerateAsync("film/1", [.. Rows(30), new("same", "prompt 3")], stop);
        Assert.Equal((31, 30, 30, 0, 0), (report.Rows, report.Asked, report.Calls, report.Failures.Count, report.NotAsked));
        Assert.Equal(0.03m, report.Cost);
        Assert.Equal(0.03m, await knowledge.SpentAsync());
        Assert.Equal(Rows(30).Select(row => row.Prompt).Order(), endpoint.Asked.Order());
        Assert.InRange(endpoint.MostAtATime, 2, RunningCluster.CallsInFlight);
        Assert.Equal(3, endpoint.Clients.Count);        // by chance a silo has none of the 24 partitions once in 5,600 runs
        Assert.Equal(31, (await knowledge.GenerateAsync("film/1", [.. Rows(30), new("same", "prompt 3")], stop)).Cached);
        using var store = new InMemoryKnowledgeStore();
        Assert.Equal(30, await knowledge.CopyToAsync(store, stop));
        Assert.Equal("about prompt 7", store.Find(new KnowledgeSource("film/1", "test", KnowledgeSource.Describe(RunningCluster.Chat)).KeyOf("prompt 7"))!.Text);
    }

    [Fact]
    public async Task Generate_MoreThanTheBudget_StopsAllSilosBelowItAndSaysSo()
    {
        await using var cluster = await RunningCluster.StartAsync(3, null);
        var report = await cluster.Knowledge.GenerateAsync("film/1", Rows(200), TestContext.Current.CancellationToken);
        Assert.Equal(KnowledgeStop.Budget, report.Stopped);
        Assert.InRange(await cluster.Knowledge.SpentAsync(), 0.04m, RunningCluster.Budget);
        Assert.Equal(200, report.Asked + report.NotAsked);
        Assert.Equal(report.Asked, cluster.Endpoint.Asked.Count);
    }

    [Fact]
    public async Task Generate_SilosKilled_LosesNoAnswerAndNeverPassesTheBudget()
    {
        await using var cluster = await RunningCluster.StartAsync(3, null);
        var stop = TestContext.Current.CancellationToken;
        var running = cluster.Knowledge.GenerateAsync("film/1", Rows(25), stop);
        while (cluster.Endpoint.Asked.Count < 5) await Task.Delay(5, stop);
        await cluster.Cluster.KillSiloAsync(cluster.Cluster.SecondarySilos[0]);
        var report = await running;
        Assert.Equal((25, 0, 0), (report.Rows, report.Failures.Count, report.NotAsked));
        using var store = new InMemoryKnowledgeStore();
        Assert.Equal(25, await cluster.Knowledge.CopyToAsync(store, stop));
        Assert.InRange(cluster.Endpoint.Asked.Count, 25, 25 + RunningCluster.CallsInFlight);        // asked again at most what was in flight
        Assert.InRange(await cluster.Knowledge.SpentAsync(), 0.024m, RunningCluster.Budget);
    }

    [Fact]
    public async Task Generate_StorageAway_AnswersWaitForIt()
    {
        await using var cluster = await RunningCluster.StartAsync(2, null);
        var stop = TestContext.Current.CancellationToken;
        await cluster.Knowledge.GenerateAsync("film/1", Rows(1), stop);
        cluster.Storage.Fails = SharedStorage.Failure.AfterWriting;
        var running = cluster.Knowledge.GenerateAsync("film/1", Rows(12), stop);
        while (cluster.Storage.Failures == 0) await Task.Delay(5, stop);
        cluster.Storage.Fails = SharedStorage.Failure.None;
        Assert.Empty((await running).Failures);
        Assert.Equal(12, cluster.Endpoint.Asked.Count);
        using var store = new InMemoryKnowledgeStore();
        Assert.Equal(12, await cluster.Knowledge.CopyToAsync(store, stop));
    }

    [Fact]
    public async Task Take_MoreCallsThanAMinuteAllows_EachWaitsForItsMoment()
    {
        await using var cluster = await RunningCluster.StartAsync(1, null, callsPerMinute: 1);
        var endpoint = cluster.Cluster.GrainFactory.GetGrain<IEndpointGrain>(0);
        TimeSpan[] waits = [(await endpoint.TakeAsync(0.001m)).Wait, (await endpoint.TakeAsync(0.001m)).Wait, (await endpoint.TakeAsync(0.001m)).Wait];
        Assert.Equal(TimeSpan.Zero, waits[0]);
        Assert.InRange(waits[1], TimeSpan.FromTicks(1), TimeSpan.FromMinutes(1));       // a minute after the first, seen a little later
        Assert.InRange(waits[2] - waits[1], TimeSpan.FromTicks(1), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Spent_SilosLostAndNoBudget_IsNoLessThanWasPaid()
    {
        string service;
        decimal paid;
        await using (var cluster = await RunningCluster.StartAsync(1, null, isLimited: false))
        {
            service = cluster.Cluster.Options.ServiceId;
            paid = (await cluster.Knowledge.GenerateAsync("film/1", Rows(30), TestContext.Current.CancellationToken)).Cost!.Value;
            Assert.Equal(paid, await cluster.Knowledge.SpentAsync());
        }
        await using var again = await RunningCluster.StartAsync(1, null, service: service, isLimited: false);
        Assert.InRange(await again.Knowledge.SpentAsync(), paid, 2 * paid);
    }

    [Fact]
    public async Task Take_OneOfManyWhoWait_HasTheCallThatBecameFree()
    {
        await using var cluster = await RunningCluster.StartAsync(1, null);
        var endpoint = cluster.Cluster.GrainFactory.GetGrain<IEndpointGrain>(0);
        for (int calls = 1; calls < RunningCluster.CallsInFlight; calls++) Assert.Equal(CallVerdict.Go, (await endpoint.TakeAsync(0.001m)).Verdict);
        int served = 0;
        for (int tries = 0; served == 0 && tries < 20; tries++)        // on a busy machine they may have waited too long before the call ends
        {
            var last = await endpoint.TakeAsync(0.001m);
            Assert.Equal(CallVerdict.Go, last.Verdict);
            Task<CallGrant>[] waiting = [.. Enumerable.Range(0, 20).Select(_ => endpoint.TakeAsync(0.001m))];
            await endpoint.SpentAsync();
            await endpoint.SettleAsync(last.Call, 0);
            served = (await Task.WhenAll(waiting)).Count(grant => grant.Verdict == CallVerdict.Go);
        }
        Assert.Equal(1, served);
    }

    [Fact]
    public async Task Take_AfterAPause_WaitsForItsEnd()
    {
        await using var cluster = await RunningCluster.StartAsync(1, null);
        var endpoint = cluster.Cluster.GrainFactory.GetGrain<IEndpointGrain>(0);
        Assert.Equal(TimeSpan.Zero, (await endpoint.TakeAsync(0.001m)).Wait);
        await endpoint.PauseAsync(TimeSpan.FromMinutes(2));
        await endpoint.PauseAsync(TimeSpan.FromMinutes(1));      // a shorter one changes nothing
        Assert.InRange((await endpoint.TakeAsync(0.001m)).Wait, TimeSpan.FromMinutes(1.1), TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task Reserve_CancelledWhileItWaitsForItsMoment_GivesTheCallBack()
    {
        await using var cluster = await RunningCluster.StartAsync(1, null);
        var endpoint = cluster.Cluster.GrainFactory.GetGrain<IEndpointGrain>(0);
        await endpoint.PauseAsync(TimeSpan.FromHours(1));
        var ledger = new SharedLedger(endpoint);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ledger.ReserveAsync(0.001m, new CancellationToken(canceled: true)));     // granted when nobody waits any more
        await ledger.SettledAsync();
        Assert.Equal(0, await endpoint.SpentAsync());
        using var stop = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, RunningCluster.CallsInFlight).Select(_ => ledger.ReserveAsync(0.001m, stop.Token)).ToArray();
        while (await endpoint.SpentAsync() < 0.001m * RunningCluster.CallsInFlight) await Task.Delay(5, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        foreach (var one in waiting) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        await ledger.SettledAsync();
        Assert.Equal(0, await endpoint.SpentAsync());
        Assert.Equal(0, ledger.Spent);
        Assert.Equal(CallVerdict.Go, (await endpoint.TakeAsync(0.001m)).Verdict);
    }

    [Fact]
    public async Task Generate_OneCallIsToldToWait_AllSilosDo()
    {
        await using var cluster = await RunningCluster.StartAsync(3, null);
        cluster.Endpoint.Refuses = TimeSpan.FromSeconds(3);
        var running = cluster.Knowledge.GenerateAsync("film/1", Rows(40), TestContext.Current.CancellationToken);
        await Task.Delay(2000, TestContext.Current.CancellationToken);      // enough for all of them, were nobody told
        Assert.InRange(cluster.Endpoint.Asked.Count, 1, 30);        // what began until all had heard
        Assert.Empty((await running).Failures);
        Assert.Equal(41, cluster.Endpoint.Asked.Count);
    }

    [Fact]
    public async Task Generate_MoreThanOneMessageCarries_ComesToItsEnd()
    {
        const int Prompts = 128, Characters = 250_000;     // 32 MB in one partition
        await using var cluster = await RunningCluster.StartAsync(1, null, mostBytes: 3_000_000);
        KnowledgeRequest[] same = [.. Enumerable.Range(0, Prompts).Select(row => new KnowledgeRequest($"r{row}", "p" + new string('x', Characters)))];
        var report = await cluster.Knowledge.GenerateAsync("film/1", same, TestContext.Current.CancellationToken);
        Assert.Equal((Prompts, 0), (report.Rows, report.Failures.Count));
    }

    [Fact]
    public async Task Generate_PromptLargerThanAMessage_IsRefusedBeforeItIsTriedForEver()
    {
        await using var cluster = await RunningCluster.StartAsync(1, null);
        var error = await Assert.ThrowsAsync<ArgumentException>(() => cluster.Knowledge.GenerateAsync("film/1", [new("long", new string('x', RequestParts.LongestPrompt + 1))], TestContext.Current.CancellationToken));
        Assert.Contains("'long'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_OfManyRowsAndLongOnes_KeepTheOrderAndTheLimits()
    {
        RequestMessage[] rows = [.. Enumerable.Range(0, 2500).Select(row => new RequestMessage("r", new string('x', row == 1200 ? RequestParts.MostCharacters : row > 2000 ? 10_000 : 1)))];
        var parts = RequestParts.Of(rows).ToArray();
        Assert.Equal(rows, parts.SelectMany(part => part));
        Assert.All(parts, part => Assert.True(part.Length <= RequestParts.MostRows && (part.Length == 1 || part.Sum(row => row.Id.Length + row.Prompt.Length) <= RequestParts.MostCharacters)));
        Assert.Empty(RequestParts.Of([]));
    }

    [Fact]
    public async Task Generate_BlankPrompt_IsRefusedAsOnOneMachine()
    {
        await using var cluster = await RunningCluster.StartAsync(1, null);
        using var store = new InMemoryKnowledgeStore();
        var generator = new KnowledgeGenerator(new SharedEndpoint.Client(cluster.Endpoint), store, "film/1", new() { Model = "test" });
        KnowledgeRequest[] rows = [new("r", " ")];
        var expected = await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync(rows, cancellationToken: TestContext.Current.CancellationToken));
        var found = await Assert.ThrowsAsync<ArgumentException>(() => cluster.Knowledge.GenerateAsync("film/1", rows, TestContext.Current.CancellationToken));
        Assert.Equal(expected.Message, found.Message);
    }
}
