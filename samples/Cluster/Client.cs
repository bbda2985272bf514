using System.Diagnostics;
using System.Globalization;
using AutoGraph;
using AutoGraph.Orleans;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.ML;
using Microsoft.ML.Data;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Cluster;

/// <summary>Starts silos, rolls a model out, compares every answer with that of one engine in this process.</summary>
internal static class Client
{
    private const int Requests = 2_000, Kills = 10;

    public static async Task<int> RunAsync(string? database)
    {
        string folder = Directory.CreateTempSubdirectory("autograph-cluster").FullName, path = Path.Combine(folder, "model.zip");
        string[] users = Train(path);
        var silos = new Process[3];
        try
        {
            for (int number = 0; number < silos.Length; number++) silos[number] = Start(number, database);
            using var host = Connect(database);
            for (int tries = 1; ; tries++)
                try
                {
                    await host.StartAsync();
                    break;
                }
                catch (Exception error) when (tries < 60 && error is not OperationCanceledException)   // the silos are starting
                {
                    await Task.Delay(TimeSpan.FromSeconds(1));
                }
            var cluster = host.Services.GetRequiredService<RecommendationCluster>();
            string version = "model " + Guid.NewGuid().ToString("N");
            await Retry(() => cluster.PublishAsync(version, path));
            var autoGraph = new MLContext().AutoGraph();
            using var engine = autoGraph.CreateEngine(autoGraph.Load(path, out _));
            int wrong = await CompareAsync(engine, cluster, users);
            await MeasureAsync(engine, cluster, users);
            if (database is not null) wrong += await KillAsync(engine, cluster, users, silos, database);
            await host.StopAsync();
            Console.WriteLine($"{wrong} answers differ from those of one engine.");
            return wrong == 0 ? 0 : 1;
        }
        finally
        {
            foreach (var silo in silos.Where(silo => silo is { HasExited: false })) silo.Kill();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IHost Connect(string? database)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Critical);
        builder.UseOrleansClient(client =>
        {
            if (database is null) client.UseLocalhostClustering([Silo.FirstGateway, Silo.FirstGateway + 1, Silo.FirstGateway + 2], Silo.Name, Silo.Name);
            else client.Configure<global::Orleans.Configuration.ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (Silo.Name, Silo.Name))
                .UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Silo.Invariant, database));
            client.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = TimeSpan.FromSeconds(2)).AddAutoGraph();
        });
        return builder.Build();
    }

    private static Process Start(int number, string? database)
    {
        string own = typeof(Client).Assembly.Location;
        return Process.Start(new ProcessStartInfo("dotnet", [own, "silo", number.ToString(CultureInfo.InvariantCulture), .. database is null ? Array.Empty<string>() : [database]]))!;
    }

    private static async Task<int> CompareAsync(RecommendationEngine engine, RecommendationCluster cluster, IEnumerable<string> users)
    {
        int wrong = 0;
        foreach (string user in users)
            if (!Same(engine.Recommend(user, 10), (await cluster.RecommendAsync(user, 10)).Items)) wrong++;
        return wrong;
    }

    private static bool Same(IReadOnlyList<Recommendation> expected, IReadOnlyList<Recommendation> found) =>
        expected.Select(item => (item.ItemId, item.Score)).SequenceEqual(found.Select(item => (item.ItemId, item.Score)));

    private static async Task MeasureAsync(RecommendationEngine engine, RecommendationCluster cluster, string[] users)
    {
        var (alone, together) = (new double[Requests], new double[Requests]);
        for (int request = 0; request < Requests; request++)
        {
            long start = Stopwatch.GetTimestamp();
            engine.Recommend(users[request % users.Length], 10);
            alone[request] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            start = Stopwatch.GetTimestamp();
            await cluster.RecommendAsync(users[request % users.Length], 10);
            together[request] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        long began = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(Enumerable.Range(0, Requests), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (request, _) => await cluster.RecommendAsync(users[request % users.Length], 10));
        double rate = Requests / Stopwatch.GetElapsedTime(began).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"a request, p50 / p99: one engine {At(alone, 0.5):0.00} / {At(alone, 0.99):0.00} ms, cluster {At(together, 0.5):0.00} / {At(together, 0.99):0.00} ms; 16 at a time {rate:0} a second"));

        static double At(double[] times, double part) => times.Order().ElementAt((int)(part * (times.Length - 1)));
    }

    /// <summary>Users join, one after the other, while silos are killed; every one that was acknowledged must answer as on one engine.</summary>
    private static async Task<int> KillAsync(RecommendationEngine engine, RecommendationCluster cluster, string[] users, Process[] silos, string database)
    {
        using var stop = new CancellationTokenSource();
        var (joined, failed, longest) = (new List<string>(), 0, TimeSpan.Zero);
        string run = Guid.NewGuid().ToString("N")[..8];
        string[] history = [.. engine.Recommend(users[0], 3).Select(item => item.ItemId)];
        var load = Task.Run(async () =>
        {
            long lastGood = Stopwatch.GetTimestamp();
            for (int number = 0; !stop.IsCancellationRequested; number++)
            {
                var user = new NewUser($"{run} {number}") { History = history[..(1 + number % history.Length)] };
                try
                {
                    await cluster.AddUserAsync(user);
                    joined.Add(user.Id);
                    var gap = Stopwatch.GetElapsedTime(lastGood);
                    if (gap > longest) longest = gap;
                    lastGood = Stopwatch.GetTimestamp();
                    engine.AddUser(user);
                }
                catch (Exception error) when (error is Orleans.Runtime.OrleansException or TimeoutException or IOException or InvalidOperationException)
                {
                    failed++;           // not acknowledged: it may have joined or not
                    await Task.Delay(50);
                }
            }
        });
        for (int kill = 0; kill < Kills; kill++)
        {
            await Task.Delay(TimeSpan.FromSeconds(3));
            int number = kill % silos.Length;
            silos[number].Kill();
            await silos[number].WaitForExitAsync();
            silos[number].Dispose();
            await Task.Delay(TimeSpan.FromSeconds(2));
            silos[number] = Start(number, database);
        }
        await Task.Delay(TimeSpan.FromSeconds(15));
        await stop.CancelAsync();
        await load;
        int wrong = 0;
        foreach (string user in joined)
            if (!Same(engine.Recommend(user, 10), (await Retry(() => cluster.RecommendAsync(user, 10))).Items)) wrong++;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Kills} silos killed: {joined.Count} users joined, {failed} calls failed, longest time without an acknowledged one {longest.TotalSeconds:0.0} s, {wrong} lost or wrong"));
        return wrong;
    }

    private static Task<int> Retry(Func<Task> call) => Retry(async () =>
    {
        await call();
        return 0;
    });

    private static async Task<T> Retry<T>(Func<Task<T>> call)
    {
        for (int tries = 1; ; tries++)
            try
            {
                return await call();
            }
            catch (Exception error) when (tries < 20 && error is Orleans.Runtime.OrleansException or TimeoutException)
            {
                await Task.Delay(TimeSpan.FromSeconds(1));
            }
    }

    private static string[] Train(string path)
    {
        var mlContext = new MLContext(seed: 1);
        var autoGraph = mlContext.AutoGraph();
        var data = autoGraph.Data.CreateSampleWorld();
        var codes = autoGraph.SemanticVector("Semantics", "Knowledge").Append(autoGraph.ResidualQuantizer("Codes", "Semantics", new() { Quantizer = Quantizer.ResidualKMeans }));
        var model = autoGraph.MetapathGraph(new SideTable(data.Users, "UserId", codes), new SideTable(data.Items, "ItemId", codes))
            .Append(autoGraph.Recommender(new() { BatchSize = 256, Epochs = 2 })).Fit(data.Interactions);
        autoGraph.Save(model, data.Interactions.Schema, path);
        return [.. data.Users.GetColumn<string>("UserId")];
    }
}
