using AutoGraph.Managed.Tests.Knowledge;
using AutoGraph.Semantics.Costs;
using AutoGraph.Semantics.Knowledge;
using AutoGraph.TestKit.Loopback;
using Xunit;

namespace AutoGraph.Managed.Tests.Loopback;

/// <summary>Whole runs over real sockets: the circuit, the budget, back-pressure, two runs on one store.</summary>
public class LoopbackRunTests
{
    private static readonly KnowledgeGeneratorOptions Quick = new() { RetryDelay = TimeSpan.Zero, MaxRetries = 2, Concurrency = 4 };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GenerateAsync_EndpointDown_StopsAfterTheThresholdAndKeepsWhatWasAnswered()
    {
        using var store = new InMemoryKnowledgeStore();
        await using var server = new LoopbackChatServer(call =>
        {
            if (call.Number <= 10) return LoopbackReply.Answer("fine");
            SpinWait.SpinUntil(() => store.Count == 10 || Stop.IsCancellationRequested);      // a success heard of late would begin the count anew
            return LoopbackReply.Error(503, "down");
        });
        using var client = LoopbackClient.Of(server);
        var generator = new KnowledgeGenerator(client, store, "p/1", Quick with { CircuitThreshold = 9 });
        var report = await generator.GenerateAsync(LoopbackFaultTests.Rows(200), cancellationToken: Stop);
        Assert.Equal((KnowledgeStop.EndpointDown, 10, 10L), (report.Stopped, report.Asked, store.Count));
        Assert.InRange(server.Calls, 10 + 9, 10 + 9 + 3);        // calls in flight when the circuit opened
        Assert.Equal(200, report.Asked + report.Failures.Count + report.NotAsked);
        var error = Assert.Throws<InvalidOperationException>(report.ThrowIfFailed);
        Assert.Contains("190 of 200 rows got no answer", error.Message, StringComparison.Ordinal);
        Assert.Contains("call after call failed", error.Message, StringComparison.Ordinal);
        Assert.Contains("run again", error.Message, StringComparison.Ordinal);
    }

    // One success in every so many calls, and a threshold of four failures.
    [Theory]
    [InlineData(4, KnowledgeStop.None, 200, 0)]            // three failures in a row, fifty times
    [InlineData(5, KnowledgeStop.EndpointDown, 4, 196)]
    public async Task GenerateAsync_FailuresBetweenSuccesses_OpenTheCircuitOnlyInARow(int period, KnowledgeStop stopped, int calls, int notAsked)
    {
        await using var server = new LoopbackChatServer(call => call.Number % period == 0 ? LoopbackReply.Answer("fine") : LoopbackReply.Error(400, "bad"));
        using var client = LoopbackClient.Of(server);
        using var store = new InMemoryKnowledgeStore();
        var report = await new KnowledgeGenerator(client, store, "p/1", Quick with { Concurrency = 1, CircuitThreshold = 4 }).GenerateAsync(LoopbackFaultTests.Rows(200), cancellationToken: Stop);
        Assert.Equal((stopped, calls, notAsked), (report.Stopped, server.Calls, report.NotAsked));
        Assert.Equal(report.Failures.Count, store.ReadFailures().Count());
    }

    [Fact]
    public async Task GenerateAsync_Cancelled_ReleasesItsRowsForTheNextRun()
    {
        using var stop = new CancellationTokenSource();
        await using var server = new LoopbackChatServer(call =>
        {
            if (call.Number != 5) return LoopbackReply.Answer("fine");
            stop.Cancel();
            return LoopbackReply.Answer("x") with { Fault = LoopbackFault.Hang };
        });
        using var client = LoopbackClient.Of(server);
        using var store = new InMemoryKnowledgeStore();
        var generator = new KnowledgeGenerator(client, store, "p/1", Quick with { ClaimLease = TimeSpan.FromHours(1) });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => generator.GenerateAsync(LoopbackFaultTests.Rows(40), cancellationToken: stop.Token));
        var report = await generator.GenerateAsync(LoopbackFaultTests.Rows(40), cancellationToken: Stop); // would wait for an hour
        Assert.Equal(40, report.Asked + report.Cached);
    }

    [Fact]
    public async Task GenerateAsync_NobodyListens_StopsWithAReason()
    {
        var server = new LoopbackChatServer(_ => LoopbackReply.Answer("x"));
        using var client = LoopbackClient.Of(server);
        await server.DisposeAsync();
        using var store = new InMemoryKnowledgeStore();
        var report = await new KnowledgeGenerator(client, store, "p/1", Quick).GenerateAsync(LoopbackFaultTests.Rows(50), cancellationToken: Stop);
        Assert.Equal(KnowledgeStop.EndpointDown, report.Stopped);
        Assert.All(report.Failures, f => Assert.Contains("no connection (ConnectionError, ConnectionRefused)", f.Reason, StringComparison.Ordinal));
    }

    // A call costs 24 prompt tokens at 1 and 50 answer tokens at 2 a million; what is set aside has 100 answer tokens.
    [Fact]
    public async Task GenerateAsync_Budget_StopsBeforeItIsPassed()
    {
        await using var server = new LoopbackChatServer(_ => LoopbackReply.Answer("fine", inputTokens: 24, outputTokens: 50));
        using var client = LoopbackClient.Of(server);
        using var store = new InMemoryKnowledgeStore();
        var options = Quick with
        {
            Budget = 0.01m,
            Prices = new(new Dictionary<string, ModelPrice> { ["loopback"] = new(1, 2) }),
            Chat = new() { MaxOutputTokens = 100 },
            Concurrency = 8,
        };
        var report = await new KnowledgeGenerator(client, store, "p/1", options).GenerateAsync(LoopbackFaultTests.Rows(500), cancellationToken: Stop);
        const decimal cost = (24 + 2 * 50) / 1e6m, most = (26 + 2 * 100) / 1e6m; // "prompt 123": 10 bytes and 16 tokens of the template
        Assert.Equal(KnowledgeStop.Budget, report.Stopped);
        Assert.Equal(report.Asked * cost, report.Cost);
        Assert.InRange(report.Cost!.Value, 0.01m - most, 0.01m);
        Assert.Equal((report.Asked, 500), (server.Calls, report.Asked + report.NotAsked));
        Assert.Contains("raise Budget", Assert.Throws<InvalidOperationException>(report.ThrowIfFailed).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GenerateAsync_BudgetAndLostAnswers_CountsThemInFull()
    {
        await using var server = new LoopbackChatServer(_ => LoopbackReply.Answer("x") with { Fault = LoopbackFault.Reset });
        using var client = LoopbackClient.Of(server);
        using var store = new InMemoryKnowledgeStore();
        var options = Quick with
        {
            Budget = 0.002m,
            Prices = new(new Dictionary<string, ModelPrice> { ["loopback"] = new(0, 1) }),
            Chat = new() { MaxOutputTokens = 100 },
            CircuitThreshold = 1000,
        };
        var report = await new KnowledgeGenerator(client, store, "p/1", options).GenerateAsync(LoopbackFaultTests.Rows(100), cancellationToken: Stop);
        Assert.Equal((KnowledgeStop.Budget, 20, 0.002m), (report.Stopped, server.Calls, report.Cost));
    }

    [Fact]
    public async Task GenerateAsync_BudgetAndNobodyListens_CostsNothing()
    {
        var server = new LoopbackChatServer(_ => LoopbackReply.Answer("x"));
        using var client = LoopbackClient.Of(server);
        await server.DisposeAsync();
        using var store = new InMemoryKnowledgeStore();
        var options = Quick with
        {
            Budget = 0.001m, // ten reservations, and the circuit needs more failures
            Prices = new(new Dictionary<string, ModelPrice> { ["loopback"] = new(0, 1) }),
            Chat = new() { MaxOutputTokens = 100 },
        };
        var report = await new KnowledgeGenerator(client, store, "p/1", options).GenerateAsync(LoopbackFaultTests.Rows(50), cancellationToken: Stop);
        Assert.Equal((KnowledgeStop.EndpointDown, 0m), (report.Stopped, report.Cost));
    }

    [Fact]
    public async Task GenerateAsync_SlowStore_HoldsCallsBack()
    {
        await using var server = new LoopbackChatServer(call => LoopbackReply.Answer("fine"));
        using var client = LoopbackClient.Of(server);
        using var inner = new InMemoryKnowledgeStore();
        using var store = new GatedStore(inner);
        var running = new KnowledgeGenerator(client, store, "p/1", Quick).GenerateAsync(LoopbackFaultTests.Rows(100), cancellationToken: Stop);
        await store.Waiting;
        Assert.InRange(server.Calls, 1, 4); // no more than the concurrency, however long the store takes
        store.Open();
        Assert.Equal(100, (await running).Asked);
        Assert.InRange(server.MostInFlight, 1, 4);
    }

    [Fact]
    public async Task GenerateAsync_TwoRunsOnOneFile_ShareTheRowsAndAskNoneTwice()
    {
        var folder = Directory.CreateTempSubdirectory("two-runs-").FullName;
        try
        {
            await using var server = new LoopbackChatServer(call => LoopbackReply.Answer($"About {call.Prompt}") with { Latency = TimeSpan.FromMilliseconds(5) });
            using var client = LoopbackClient.Of(server);
            using var one = new SqliteKnowledgeStore(Path.Combine(folder, "k.db"));
            using var two = new SqliteKnowledgeStore(Path.Combine(folder, "k.db"));
            var rows = LoopbackFaultTests.Rows(300);
            var reports = await Task.WhenAll(
                new KnowledgeGenerator(client, one, "p/1", Quick).GenerateAsync(rows, cancellationToken: Stop),
                new KnowledgeGenerator(client, two, "p/1", Quick).GenerateAsync(rows, cancellationToken: Stop));
            Assert.Equal((300, 300L), (server.Calls, one.Count));
            Assert.All(reports, report => Assert.Equal((300, 0), (report.Asked + report.Cached, report.Failures.Count)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class GatedStore(InMemoryKnowledgeStore inner) : PassingStore(inner)
    {
        private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _gate = new();

        public Task Waiting => _waiting.Task;

        public void Open() => _gate.Set();

        public override int Add(IReadOnlyCollection<KnowledgeRecord> records)
        {
            _waiting.TrySetResult();
            _gate.Wait();
            return base.Add(records);
        }

        public override void Dispose()
        {
            _gate.Dispose();
            base.Dispose();
        }
    }
}
