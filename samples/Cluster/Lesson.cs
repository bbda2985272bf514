using System.Diagnostics;
using AutoGraph;
using AutoGraph.Datasets;
using AutoGraph.Orleans;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Cluster;

/// <summary>What one machine answers, three silos answer too, whatever happens to one of them.</summary>
internal static class Lesson
{
    private const int Number = 3;
    private const string Text = "A calm tale of the sea and of those who wait.";
    private static readonly Dictionary<string, object> Book = new() { ["Title"] = "The Tide", ["Author"] = "A. N. Author", ["Year"] = 1999 };

    /// <summary>Prints what happens; returns whether every answer was that of one machine.</summary>
    /// <param name="world">The simulated world.</param>
    /// <param name="folder">Where the models are saved.</param>
    /// <param name="program">Path of this program, which is started for each silo.</param>
    /// <param name="postgres">Where silos keep their state; null: in memory.</param>
    public static async Task<bool> RunAsync(SampleWorldOptions world, string folder, string program, string? postgres)
    {
        Directory.CreateDirectory(folder);
        // Versions have names of their own for ever: a cluster that keeps its storage may know those of an earlier run.
        string run = DateTime.UtcNow.ToString("yyyyMMddHHmmss", System.Globalization.CultureInfo.InvariantCulture);
        var (monday, tuesday) = (Train(world, Path.Combine(folder, $"{run}-monday.zip"), seed: 1), Train(world, Path.Combine(folder, $"{run}-tuesday.zip"), seed: 2));
        var silos = Enumerable.Range(0, Number).Select(number => Silos.Start(program, number, postgres)).ToArray();
        try
        {
            using var client = Silos.Client(postgres);
            await client.StartAsync();
            var cluster = client.Services.GetRequiredService<RecommendationCluster>();
            await cluster.PublishAsync($"{run}-monday", monday.Path, monday.DataUntil);
            bool same = await CompareAsync(cluster, monday, "three silos");

            // An insertion is acknowledged when the storage has it; here and on the one machine.
            string book = $"new {run}";
            monday.Engine.AddItem(new NewItem(book) { Values = Book, Knowledge = Text });
            await cluster.AddItemAsync(new NewItem(book) { Values = Book, Knowledge = Text });
            same &= await CompareAsync(cluster, monday, "with a new book");

            if (postgres is not null)
            {
                silos[1].Kill();
                var watch = Stopwatch.StartNew();
                same &= await CompareAsync(cluster, monday, "one silo killed");
                Console.WriteLine($"answered again {watch.Elapsed.TotalSeconds:F1} s after the kill");
                silos[1] = Silos.Start(program, 1, postgres);
            }

            // All silos load the new model while the old one serves; the new book, which is not in its data, moves along.
            await cluster.PublishAsync($"{run}-tuesday", tuesday.Path, tuesday.DataUntil);
            tuesday.Engine.AddItem(new NewItem(book) { Values = Book, Knowledge = Text });
            same &= await CompareAsync(cluster, tuesday, "after a rolling update");

            same &= await IsWellAsync(0);
            return same & await NightAsync(client.Services.GetRequiredService<JobCluster>(), tuesday, Path.Combine(folder, run));
        }
        finally
        {
            foreach (var silo in silos)
            {
                silo.Kill();
                silo.Dispose();
            }
            monday.Engine.Dispose();
            tuesday.Engine.Dispose();
        }
    }

    private static async Task<bool> CompareAsync(RecommendationCluster cluster, Model model, string moment)
    {
        bool same = true;
        foreach (string user in model.Users.Take(20).Append("nobody"))
        {
            var expected = model.Engine.Recommend(user, 10);
            var found = await AnswerAsync(cluster, user);
            same &= expected.Select(book => (book.ItemId, book.Score)).SequenceEqual(found.Select(book => (book.ItemId, book.Score)));
        }
        Console.WriteLine($"{moment}: {(same ? "the answers of one machine" : "ANOTHER ANSWER")}");
        return same;
    }

    private static async Task<bool> IsWellAsync(int silo)
    {
        using var web = new HttpClient { BaseAddress = Silos.Web(silo) };
        string health = await web.GetStringAsync("/health");
        string? metric = (await web.GetStringAsync("/metrics")).Split('\n').FirstOrDefault(line => line.StartsWith("autograph_cluster_request_duration_seconds_count", StringComparison.Ordinal));
        Console.WriteLine($"silo {silo}: {health}; {metric}");
        return health == "Healthy" && metric is not null;
    }

    // The best items of all users, a Parquet file of users at a time: started again after any loss it goes on where it stopped.
    private static async Task<bool> NightAsync(JobCluster jobs, Model model, string folder)
    {
        var data = new MLContext().Data;
        string users = Directory.CreateDirectory(Path.Combine(folder, "users")).FullName, best = Path.Combine(folder, "best");
        foreach (var (number, part) in model.Users.Chunk(25).Index())
            data.SaveAsParquet(data.LoadFromEnumerable(part.Select(id => new User { UserId = id })), Path.Combine(users, $"{number:000}.parquet"));
        var status = await jobs.RunAsync(folder, new RecommendJob { Input = users, Output = best });
        bool same = data.LoadFromParquet(best).GetColumn<string>("ItemId").SequenceEqual(model.Users.SelectMany(user => model.Engine.Recommend(user)).Select(book => book.ItemId));
        Console.WriteLine($"a nightly job of {status.Partitions} files, {status.Rows} rows: {(same ? "the answers of one machine" : "ANOTHER ANSWER")}");
        return same;
    }

    // a request that meets a dying silo fails; asking again is the caller's choice
    private static async Task<IReadOnlyList<Recommendation>> AnswerAsync(RecommendationCluster cluster, string user)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return (await cluster.RecommendAsync(user, 10)).Items;
            }
            catch (Exception error) when (attempt < 60 && error is TimeoutException or Orleans.Runtime.OrleansException)
            {
                await Task.Delay(500);
            }
        }
    }

    private static Model Train(SampleWorldOptions world, string path, int seed)
    {
        var mlContext = new MLContext(seed);
        var autoGraph = mlContext.AutoGraph();
        var dataUntil = DateTimeOffset.UtcNow;      // before the tables are read: later changes are made again for this model
        var data = autoGraph.Data.CreateSampleWorld(world);
        var codes = autoGraph.SemanticVector("Semantics", "Knowledge").Append(autoGraph.ResidualQuantizer("Codes", "Semantics", new() { Quantizer = Quantizer.ResidualKMeans }));
        var model = autoGraph.MetapathGraph(new SideTable(data.Users, "UserId", codes), new SideTable(data.Items, "ItemId", codes), new() { Training = GraphTraining.Joint })
            .Append(autoGraph.Recommender(new() { BatchSize = 256, LearningRate = 3e-3, Epochs = 1 })).Fit(data.Interactions);
        autoGraph.Save(model, data.Interactions.Schema, path);
        return new(path, dataUntil, autoGraph.CreateEngine(autoGraph.Load(path, out _)), [.. data.Users.GetColumn<string>("UserId")]);
    }

    private sealed class User
    {
        public string UserId { get; set; } = "";
    }

    private sealed record Model(string Path, DateTimeOffset DataUntil, RecommendationEngine Engine, string[] Users);
}
