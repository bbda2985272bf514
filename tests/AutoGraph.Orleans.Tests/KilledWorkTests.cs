using AutoGraph.Orleans;
using AutoGraph.Semantics.Knowledge;
using AutoGraph.TestKit;
using AutoGraph.TestKit.Loopback;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.ML;
using Microsoft.ML.Data;
using Silos = Cluster.Silos;
using Xunit;

namespace AutoGraph.Orleans.Tests;

/// <summary>Knowledge generation and a nightly job while silos and PostgreSQL die. Run by postgres.sh.</summary>
[Collection(nameof(ClusterSample))]
public sealed class KilledWorkTests(ClusterWorld world, ITestOutputHelper output) : IClassFixture<ClusterWorld>
{
    private const int Kills = 10, Prompts = 4000, Partitions = 60, UsersOfEach = 400, CallsInFlight = 8;
    private const decimal CostOfACall = (10 * 0.15m + 5 * 0.60m) / 1_000_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Knowledge_SilosAndDatabaseKilled_LosesNoAnswerAndAsksHardlyTwice()
    {
        await using var endpoint = new LoopbackChatServer(call => LoopbackReply.Answer("about " + call.Prompt) with { Latency = TimeSpan.FromMilliseconds(100) });
        using var silos = new SiloFleet(output, endpoint.Endpoint);
        using var client = Silos.Client(SiloFleet.Postgres);
        await client.StartAsync(Cancel);
        var knowledge = client.Services.GetRequiredService<KnowledgeCluster>();
        string version = $"film/{Guid.NewGuid():N}";         // the database may know those of an earlier run
        KnowledgeRequest[] rows = [.. Enumerable.Range(0, Prompts).Select(row => new KnowledgeRequest($"r{row}", $"{version} {row}"))];
        decimal before = await knowledge.SpentAsync();

        var running = knowledge.GenerateAsync(version, rows, Cancel);
        int kills = 0;
        while (endpoint.Calls < 50) await Task.Delay(50, Cancel);
        for (; kills < Kills && !running.IsCompleted; kills++)
        {
            await silos.KillAsync(kills, TimeSpan.FromSeconds(8));
            if (kills != Kills / 2) continue;
            await SiloFleet.DatabaseAsync("stop");
            await Task.Delay(3000, Cancel);
            await SiloFleet.DatabaseAsync("start");
        }
        var report = await running;
        Assert.Equal((Prompts, 0, 0), (report.Rows, report.Failures.Count, report.NotAsked));
        using var store = new InMemoryKnowledgeStore();
        await knowledge.CopyToAsync(store, Cancel);
        var told = store.ReadAll().Where(record => record.Source.PromptVersion == version).ToDictionary(record => record.Prompt, record => record.Text);
        Assert.Equal(rows.ToDictionary(row => row.Prompt, row => "about " + row.Prompt), told);
        decimal spent = await knowledge.SpentAsync() - before;
        output.WriteLine($"{kills} silos and the database killed: {Prompts} answers, {endpoint.Calls} calls, counted as {spent / CostOfACall:F0} calls, at most {endpoint.MostInFlight} at a time");
        Assert.True(kills >= 3, "there was hardly any kill");
        // asked again: what was in flight on a silo that died, and what waited for the database there
        Assert.InRange(endpoint.Calls, Prompts, Prompts + 2 * (kills + 1) * CallsInFlight);
        Assert.True(spent >= Prompts * CostOfACall, "less was counted than paid");
    }

    [Fact]
    public async Task Job_SilosAndDatabaseKilled_AllPartitionsAreThoseOfOneMachine()
    {
        using var folder = new TempFolder();
        using var silos = new SiloFleet(output);
        using var client = Silos.Client(SiloFleet.Postgres);
        await client.StartAsync(Cancel);
        string name = Guid.NewGuid().ToString("N");
        await client.Services.GetRequiredService<RecommendationCluster>().PublishAsync(name, world.First, DateTimeOffset.UtcNow, Cancel);
        var context = new MLContext();
        string[] users = [.. Enumerable.Range(0, Partitions * UsersOfEach).Select(user => user % 2 == 0 ? world.World.Users.Keys.ElementAt(user % world.World.Users.Count) : $"guest {user}")];
        string input = Directory.CreateDirectory(folder.File("in")).FullName, result = folder.File("out");
        foreach (var (number, part) in users.Chunk(UsersOfEach).Index())
            context.Data.SaveAsParquet(context.Data.LoadFromEnumerable(part.Select(id => new JobTests.UserRow { UserId = id })), Path.Combine(input, $"{number:000}.parquet"));

        var jobs = client.Services.GetRequiredService<JobCluster>();
        var running = jobs.RunAsync(name, new RecommendJob { Input = input, Output = result, Version = name }, cancellationToken: Cancel);
        int kills = 0;
        for (; kills < Kills && !running.IsCompleted; kills++)
        {
            await silos.KillAsync(kills, TimeSpan.FromSeconds(6));
            if (kills != 2) continue;
            await SiloFleet.DatabaseAsync("stop");
            await Task.Delay(3000, Cancel);
            await SiloFleet.DatabaseAsync("start");
        }
        var status = await running;
        output.WriteLine($"{kills} silos and the database killed: {status.Done} partitions, {status.Rows} rows");
        Assert.True(kills >= 3, "there was hardly any kill");
        Assert.Equal((JobState.Completed, Partitions, 10L * users.Length), (status.State, status.Done, status.Rows));
        using var engine = world.Engine(world.First);
        Assert.Equal(JobTests.Best(engine, users, 10), JobTests.Best(context.Data.LoadFromParquet(result)));
    }
}
