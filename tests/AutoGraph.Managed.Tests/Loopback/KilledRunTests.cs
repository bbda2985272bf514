using AutoGraph.Semantics.Knowledge;
using AutoGraph.TestKit;
using AutoGraph.TestKit.Loopback;
using Xunit;

namespace AutoGraph.Managed.Tests.Loopback;

/// <summary>Processes that are killed, and processes that share a store.</summary>
public sealed class KilledRunTests : IDisposable
{
    private readonly TestKit.TempFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    private static LoopbackChatServer Server(int milliseconds) =>
        new(call => LoopbackReply.Answer($"About {call.Prompt}") with { Latency = TimeSpan.FromMilliseconds(milliseconds) });

    [Fact]
    public async Task Run_KilledTwentyTimes_LosesNothingAndPaysAtMostCallsInFlightTwice()
    {
        const int rows = 2000, kills = 20, concurrency = 16;
        var (store, table, random) = (_folder.File("k.db"), KnowledgeProcess.WriteTable(_folder.Path, rows), new Random(7));
        await using var server = Server(20);
        var lost = 0;
        for (var kill = 0; kill < kills; kill++)
        {
            // At a random moment of the run: so many calls after its start.
            var (moment, before) = (random.Next(5, 90), server.Calls);
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            void Count(LoopbackCall call) { if (call.Number >= before + moment) reached.TrySetResult(); }
            server.Arrived += Count;
            using (var process = new KnowledgeProcess(server, store, table, concurrency, leaseSeconds: 1))
            {
                await process.ReachAsync(reached.Task, Stop);
                await process.KillAsync(Stop);
            }
            server.Arrived -= Count;
            // Calls without a stored answer were in flight, or on their way to the disk.
            using var survivor = new SqliteKnowledgeStore(store);
            var missing = server.Calls - (int)survivor.Count;
            Assert.InRange(missing - lost, 0, concurrency);
            lost = missing;
        }
        using (var last = new KnowledgeProcess(server, store, table, concurrency, leaseSeconds: 1)) await last.SucceedAsync(Stop);

        using var result = new SqliteKnowledgeStore(store);
        var records = result.ReadAll().ToArray();
        Assert.Equal((rows, rows), (records.Length, records.Select(r => r.Prompt).Distinct(StringComparer.Ordinal).Count()));
        Assert.All(records, r => Assert.Equal($"About {r.Prompt}", r.Text));
        Assert.Equal(rows, server.Asked.Count);
        Assert.InRange(server.Calls, rows, rows + kills * concurrency);

        int calls = server.Calls;
        using (var second = new KnowledgeProcess(server, store, table, concurrency, leaseSeconds: 1)) await second.SucceedAsync(Stop);
        Assert.Equal(calls, server.Calls); // all there: not one call
    }

    [Fact]
    public async Task Run_TwoProcessesOnOneStore_NeverLoseOrDoubleAnAnswer()
    {
        const int rows = 800;
        var (store, table) = (_folder.File("k.db"), KnowledgeProcess.WriteTable(_folder.Path, rows));
        await using var server = Server(20);
        using var one = new KnowledgeProcess(server, store, table, 8, leaseSeconds: 60);
        using var two = new KnowledgeProcess(server, store, table, 8, leaseSeconds: 60);
        await one.SucceedAsync(Stop);
        await two.SucceedAsync(Stop);
        using var result = new SqliteKnowledgeStore(store);
        Assert.Equal((rows, rows, rows), ((int)result.Count, server.Calls, server.Asked.Count));
        Assert.True(server.MostInFlight > 8, "Expected calls of both processes at a time.");
    }
}
