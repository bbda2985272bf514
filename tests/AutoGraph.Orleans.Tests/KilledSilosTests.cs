using System.Diagnostics;
using System.Globalization;
using AutoGraph.Orleans;
using AutoGraph.TestKit;
using Silo = Cluster.Silo;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace AutoGraph.Orleans.Tests;

/// <summary>Three silos as processes over PostgreSQL; silos and database die under load. Run by postgres.sh.</summary>
[Collection(nameof(ClusterSample))]
public sealed class KilledSilosTests(ClusterWorld world, ITestOutputHelper output) : IClassFixture<ClusterWorld>
{
    private const int Silos = 3, Kills = 10, Readers = 4, Joining = 2000;
    private static readonly string? Postgres = Environment.GetEnvironmentVariable("AUTOGRAPH_POSTGRES");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SilosAndDatabase_KilledUnderLoad_LoseNothingAndNeverAnswerWrong()
    {
        Assert.SkipWhen(Postgres is null, "It needs a PostgreSQL that may be killed: run tests/AutoGraph.Orleans.Tests/postgres.sh run.");
        var silos = Enumerable.Range(0, Silos).Select(Start).ToArray();
        try
        {
            using var client = Silo.Client(Postgres);
            await client.StartAsync(Cancel);
            var cluster = client.Services.GetRequiredService<RecommendationCluster>();
            await cluster.PublishAsync("first", world.First, cancellationToken: Cancel);
            using var engine = world.Engine(world.First);
            string[] kinds = [.. world.World.Items.Keys];
            var load = new ClusterLoad(cluster, engine, [.. world.World.Users.Keys.Take(8), "nobody"],
                [.. Enumerable.Range(0, Joining).Select(number => new NewItem($"load {number}") { Values = world.World.Items[kinds[number % kinds.Length]] })]);

            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            Task[] running = [.. Enumerable.Range(0, Readers).Select(reader => Task.Run(() => load.ReadAsync(reader, stop.Token), Cancel)), Task.Run(() => load.WriteAsync(TimeSpan.FromMilliseconds(100), stop.Token), Cancel)];
            await Task.Delay(3000, Cancel);
            await KillSilosAsync(silos, load);
            await stop.CancelAsync();
            await Task.WhenAll(running);
            await load.JudgeAllAsync();

            await KillDatabaseAsync(load);
            await load.JudgeAllAsync();

            // all of them at once: what comes up again has read it from the database
            foreach (var silo in silos) Kill(silo);
            for (int number = 0; number < Silos; number++) silos[number] = Start(number);
            await EventuallyAsync(load.JudgeAllAsync);
            output.WriteLine($"{load.Acknowledged.Count} insertions acknowledged, {load.FailedWrites} failed and asked again; {load.Answered} requests answered, {load.FailedRequests} failed");
            Assert.True(load.Acknowledged.Count > 20 && load.Answered > 200, "there was hardly any load");
        }
        finally
        {
            foreach (var silo in silos) Kill(silo);
        }
    }

    private async Task KillSilosAsync(Process[] silos, ClusterLoad load)
    {
        var silences = new List<double>();
        for (int kill = 0; kill < Kills; kill++)
        {
            int number = (kill * 2 + kill / 3) % Silos;       // each of them, in changing order
            long from = Stopwatch.GetTimestamp();
            Kill(silos[number]);
            await Task.Delay(2000, Cancel);
            silos[number] = Start(number);
            await Task.Delay(10_000, Cancel);
            // a silo that was taken for dead ends itself; whoever keeps processes running starts it again
            for (int other = 0; other < Silos; other++)
                if (silos[other].HasExited)
                {
                    output.WriteLine($"silo {other} had ended itself after kill {kill}");
                    silos[other] = Start(other);
                }
            silences.Add(load.LongestSilence(from, Stopwatch.GetTimestamp()));
        }
        output.WriteLine("longest time without an answer after each kill of a silo, s: " + string.Join(" ", silences.Select(silence => silence.ToString("F1", CultureInfo.InvariantCulture))));
    }

    private async Task KillDatabaseAsync(ClusterLoad load)
    {
        await ControlAsync("stop");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        int answered = load.Answered, failed = load.FailedRequests;
        var reading = Task.Run(() => load.ReadAsync(0, stop.Token), Cancel);
        Assert.False(await load.TryWriteAsync());             // nobody acknowledges what nobody keeps
        await Task.Delay(3000, Cancel);
        output.WriteLine($"without the database: {load.Answered - answered} requests answered, {load.FailedRequests - failed} failed");
        Assert.True(load.Answered > answered, "nothing was answered without the database");
        await ControlAsync("start");
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

    private static async Task ControlAsync(string verb)
    {
        using var script = Process.Start("bash", [Path.Combine(Repository.Root, "tests", "AutoGraph.Orleans.Tests", "postgres.sh"), verb]);
        await script.WaitForExitAsync(Cancel);
        Assert.Equal(0, script.ExitCode);
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

    private static Process Start(int number) => Silo.Start(ClusterSample.Program, number, Postgres);

    private static void Kill(Process silo)
    {
        silo.Kill();
        silo.WaitForExit();
    }
}
