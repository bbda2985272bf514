using System.ClientModel;
using System.ClientModel.Primitives;
using AutoGraph.Semantics.Costs;
using AutoGraph.Semantics.Knowledge;
using AutoGraph.Semantics.Prompting;
using AutoGraph.TestKit.Loopback;
using Microsoft.Extensions.AI;
using OpenAI;
using Spectre.Console;

namespace Knowledge;

/// <summary>The lesson: estimate, ask, report.</summary>
internal static class Generation
{
    /// <returns>0: every row has an answer; 1: some have none; 2: bad input; 130: stopped.</returns>
    public static async Task<int> RunAsync(Settings settings, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(settings, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Stopped. Every answer so far is kept; the same command goes on from there.");
            return 130;
        }
        catch (Exception e) when (e is ArgumentException or InvalidDataException or IOException or KeyNotFoundException or InvalidOperationException)
        {
            Console.Error.WriteLine(e.Message);
            return e is InvalidOperationException ? 1 : 2;
        }
    }

    private static async Task<int> AskAsync(Settings settings, CancellationToken cancellationToken)
    {
        var prompt = Prompts.All.FirstOrDefault(p => p.Name == settings.Prompt)
            ?? throw new ArgumentException($"Expected one of {string.Join(", ", Prompts.All.Select(p => p.Name))} as --prompt, found '{settings.Prompt}'.");
        var rows = Rows.Read(settings, prompt);
        await using var server = settings.Endpoint is null ? Loopback() : null;
        using var client = Client(settings, server?.Endpoint ?? settings.Endpoint!);
        using var store = new SqliteKnowledgeStore(settings.Store);
        var generator = new KnowledgeGenerator(client, store, prompt.Id, new()
        {
            Concurrency = settings.Concurrency,
            Chat = new() { Temperature = 0, MaxOutputTokens = settings.MaxOutputTokens },
            Prices = settings.Prices is null ? null : PriceTable.Read(settings.Prices),
            Budget = settings.Budget,
            ClaimLease = settings.Lease,
        });

        // What it will take, before anything is spent.
        var estimate = generator.Estimate(rows, new() { OutputTokensPerSecond = settings.TokensPerSecond });
        Console.WriteLine($"{prompt.Id} to {settings.Model}: {estimate}");
        if (settings.EstimateOnly) return 0;
        if (estimate.Prompts > 0 && settings.AskFirst && !Console.IsInputRedirected && !await AnsiConsole.ConfirmAsync("Go on?", true, cancellationToken)) return 1;

        // Ctrl+C stops; every answer so far is in the store, and the same command goes on from there.
        var report = await Bar.ShowAsync(rows.Count, progress => generator.GenerateAsync(rows, progress, cancellationToken));
        Console.WriteLine(report.ToString());
        foreach (var failure in report.Failures.Take(5)) Console.WriteLine($"  {failure.Id}: {failure.Kind}, {failure.Reason}");
        if (settings.Export is not null) Console.WriteLine($"{KnowledgeJsonLines.Export(store, settings.Export)} answers in {settings.Export}");
        report.ThrowIfFailed();
        return 0;
    }

    private static IChatClient Client(Settings settings, Uri endpoint) => new OpenAIClient(
        new ApiKeyCredential(string.IsNullOrEmpty(settings.Key) ? "none" : settings.Key), // local servers need none
        new OpenAIClientOptions
        {
            Endpoint = endpoint,
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0), // the generator repeats calls, within budget and circuit
            NetworkTimeout = TimeSpan.FromMinutes(10),          // its CallTimeout is shorter
        }).GetChatClient(settings.Model).AsIChatClient();

    private static LoopbackChatServer Loopback() => new(call =>
        LoopbackReply.Answer($"Knowledge about: {call.Prompt.ReplaceLineEndings(" ")[..Math.Min(80, call.Prompt.Length)]}") with { Latency = TimeSpan.FromMilliseconds(200) });
}
