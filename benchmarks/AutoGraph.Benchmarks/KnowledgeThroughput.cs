using System.ClientModel;
using System.ClientModel.Primitives;
using System.Diagnostics;
using System.Globalization;
using AutoGraph.Semantics.Knowledge;
using AutoGraph.TestKit;
using AutoGraph.TestKit.Loopback;
using Microsoft.Extensions.AI;
using OpenAI;

namespace AutoGraph.Benchmarks;

/// <summary>How close knowledge generation comes to rows × latency ÷ concurrency, with the real OpenAI client, real sockets and a store on disk.</summary>
internal static class KnowledgeThroughput
{
    private const int Rows = 2000, Concurrency = 32, Runs = 3;
    private const double Goal = 1.15;
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(200);

    /// <returns>0 if the median ratio reaches the goal.</returns>
    public static async Task<int> RunAsync()
    {
        var ideal = Rows * Latency / Concurrency;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Rows} rows, {Latency.TotalMilliseconds} ms, {Concurrency} calls at a time: ideal {ideal.TotalSeconds:F2} s"));
        var ratios = new List<double>();
        for (var run = 0; run < Runs; run++)
        {
            var seconds = await OnceAsync(run);
            ratios.Add(seconds / ideal.TotalSeconds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"run {run + 1}: {seconds:F2} s, {ratios[^1]:F3} × ideal"));
        }
        var median = ratios.Order().ElementAt(Runs / 2);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"median ratio {median:F3}, goal {Goal}"));
        return median <= Goal ? 0 : 1;
    }

    private static async Task<double> OnceAsync(int run)
    {
        using var folder = new TempFolder();
        await using var server = new LoopbackChatServer(call => LoopbackReply.Answer(string.Join(' ', Enumerable.Repeat("knowledge", 150)), outputTokens: 150) with { Latency = Latency });
        using var client = new OpenAIClient(new ApiKeyCredential("none"), new OpenAIClientOptions { Endpoint = server.Endpoint, RetryPolicy = new ClientRetryPolicy(0) })
            .GetChatClient("loopback").AsIChatClient();
        using var store = new SqliteKnowledgeStore(folder.File("k.db"));
        var rows = Enumerable.Range(0, Rows).Select(i => new KnowledgeRequest($"{i}", $"Introduce item {i} of run {run} in one paragraph of at most 150 words.")).ToArray();
        var generator = new KnowledgeGenerator(client, store, "benchmark/1", new() { Concurrency = Concurrency });
        var started = Stopwatch.GetTimestamp();
        var report = await generator.GenerateAsync(rows);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        report.ThrowIfFailed();
        return store.Count == Rows && server.Calls == Rows ? seconds : throw new InvalidOperationException($"Expected {Rows} answers and calls, found {store.Count} and {server.Calls}.");
    }
}
