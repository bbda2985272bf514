using System.Diagnostics;
using System.Globalization;
using AutoGraph.Orleans;
using Silos = Cluster.Silos;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace AutoGraph.Orleans.Tests;

/// <summary>Three silos as processes over PostgreSQL; silos and database die under load. Run by postgres.sh.</summary>
[Collection(nameof(ClusterSample))]
public sealed class KilledSilosTests(ClusterWorld world, ITestOutputHelper output) : IClassFixture<ClusterWorld>
{
    private const int Kills = 10, Readers = 4, Joining = 2000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SilosAndDatabase_KilledUnderLoad_LoseNothingAndNeverAnswerWrong()
    {
        using var silos = new SiloFleet(output);
        using var client = Silos.Client(SiloFleet.Postgres);
        await client.StartAsync(Cancel);
        var cluster = client.Services.GetRequiredService<RecommendationCluster>();
        await cluster.PublishAsync("first", world.First, DateTimeOffset.UtcNow, Cancel);
        using var engine = world.Engine(world.First);
        string[] kinds = [.. world.World.Items.Keys];
        var load = new ClusterLoad(cluster, engine, [.. world.World.Users.Keys.Take(8), "nobody"],
            [.. Enumerable.Range(0, Joining).Select(number => new NewItem($"load {number}") { Values = world.World.Items[kinds[number % kinds.Length]] })]);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task[] running = [.. Enumerable.Range(0, Readers).Select(reader => Task.Run(() => load.ReadAsync(reader, stop.Token), Cancel)), Task.Run(() => load.WriteAsync(TimeSpan.FromMilliseconds(100), stop.Token), Cancel)];
        await Task.Delay(3000, Cancel);
        var silences = new List<double>();
        for (int kill = 0; kill < Kills; kill++)
        {
            long from = Stopwatch.GetTimestamp();
            await silos.KillAsync(kill, TimeSpan.FromSeconds(10));
            silences.Add(load.LongestSilence(from, Stopwatch.GetTimestamp()));
        }
        output.WriteLine("longest time without an answer after each kill of a silo, s: " + string.Join(" ", silences.Select(silence => silence.ToString("F1", CultureInfo.InvariantCulture))));
        await stop.CancelAsync();
        await Task.WhenAll(running);
        await load.JudgeAllAsync();

        await KillDatabaseAsync(load);
        await load.JudgeAllAsync();

        // all of them at once: what comes up again has read it from the database
        silos.KillAll();
        await EventuallyAsync(load.JudgeAllAsync);
        output.WriteLine($"{load.Acknowledged.Count} insertions acknowledged, {load.FailedWrites} failed and asked again; {load.Answered} requests answered, {load.FailedRequests} failed");
        Assert.True(load.Acknowledged.Count > 20 && load.Answered > 200, "there was hardly any load");
    }

    private async Task KillDatabaseAsync(ClusterLoad load)
    {
        await SiloFleet.DatabaseAsync("stop");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        int answered = load.Answered, failed = load.FailedRequests;
        var reading = Task.Run(() => load.ReadAsync(0, stop.Token), Cancel);
        Assert.False(await load.TryWriteAsync());             // nobody acknowledges what nobody keeps
        await Task.Delay(3000, Cancel);
        output.WriteLine($"without the database: {load.Answered - answered} requests answered, {load.FailedRequests - failed} failed");
        Assert.True(load.Answered > answered, "nothing was answered without the database");
        await SiloFleet.DatabaseAsync("start");
        var watch = Stopwatch.StartNew();
        for (int written = 0; written < 10;)
        {
            if (await load.TryWriteAsync()) written++;
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(3), "no insertion was taken after the database had come back");
        }
        output.WriteLine($"10 insertions acknowledged {watch.Elapsed.TotalSeconds:F1} s after the database had come back");
        await stop.CancelAsync();
        await reading;
    }

    // silos that come up refuse for a while
    private static async Task EventuallyAsync(Func<Task> check)
    {
        for (var watch = Stopwatch.StartNew(); ; await Task.Delay(500, Cancel))
        {
            try
            {
                await check();
                return;
            }
            catch (Exception error) when (error is TimeoutException or global::Orleans.Runtime.OrleansException or IOException && watch.Elapsed < TimeSpan.FromMinutes(2))
            {
            }
        }
    }
}
