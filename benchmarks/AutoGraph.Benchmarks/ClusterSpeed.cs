using System.Diagnostics;
using System.Globalization;
using AutoGraph.Orleans;
using AutoGraph.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.ML;
using Silos = Cluster.Silos;

namespace AutoGraph.Benchmarks;

/// <summary>Requests and insertions through one, two and three silos of samples/Cluster on loopback, against the engine in this process.</summary>
/// <remarks>Silos, client and engine share the machine: what is seen is overhead, not scaling.</remarks>
internal static class ClusterSpeed
{
    private const int Calls = 500, Insertions = 200, Callers = 8;
    private static readonly string Program = Path.Combine(Repository.Root, "samples", "Cluster", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "Cluster.dll");

    public static async Task RunAsync(IEnumerable<int> sizes)
    {
        if (!File.Exists(Program)) throw new FileNotFoundException($"Expected {Program}, found none: build samples/Cluster first.");
        foreach (int items in sizes)
        {
            var context = new MLContext(seed: 1);
            var autoGraph = context.AutoGraph();
            var (model, rows) = ServedCatalogue.Fit(context, items);
            string file = Path.Combine(Path.GetTempPath(), $"autograph-cluster-{items}.zip");
            autoGraph.Save(model, rows.Schema, file);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{items} items"));
            using (var engine = autoGraph.CreateEngine(model))
            {
                Print("in process, one caller", 1, Calls, (_, user) => engine.Recommend(user));
                Print($"in process, {Callers} callers", Callers, Calls, (_, user) => engine.Recommend(user));
            }
            foreach (int silos in (int[])[1, 2, 3]) await ServeAsync(silos, file);
            File.Delete(file);
        }
    }

    private static async Task ServeAsync(int count, string file)
    {
        Process[] silos = [.. Enumerable.Range(0, count).Select(number => Silos.Start(Program, number, postgres: null))];
        try
        {
            using var client = Silos.Client(postgres: null);
            await client.StartAsync();
            var cluster = client.Services.GetRequiredService<RecommendationCluster>();
            while ((await cluster.StatusAsync()).Active is null)
            {
                try
                {
                    await cluster.PublishAsync("model", file, DateTimeOffset.UtcNow);
                }
                catch (TimeoutException)
                {
                    // it goes on; a large model takes longer than a call may
                }
            }
            Print($"{count} silos, one caller", 1, Calls, (_, user) => cluster.RecommendAsync(user).GetAwaiter().GetResult());
            Print($"{count} silos, {Callers} callers", Callers, Calls, (_, user) => cluster.RecommendAsync(user).GetAwaiter().GetResult());
            int next = 0;
            Print($"{count} silos, insertion", 1, Insertions, (_, _) => cluster.AddItemAsync(new NewItem($"new {next++}")).GetAwaiter().GetResult());
        }
        finally
        {
            foreach (var silo in silos)
            {
                silo.Kill();
                await silo.WaitForExitAsync();
                silo.Dispose();
            }
        }
    }

    private static void Print(string name, int callers, int calls, Action<int, string> call)
    {
        Random[] draws = [.. Enumerable.Range(0, callers).Select(caller => new Random(caller))];
        var latencies = Latencies.Of(callers, calls, caller => call(caller, $"u{draws[caller].Next(ServedCatalogue.Users)}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-24} p50 {latencies.Median,7:F2} ms, p99 {latencies.P99,7:F2}, {latencies.PerSecond,7:F0} a second"));
    }
}
