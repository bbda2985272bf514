using AutoGraph.Managed.Tests.Loopback;
using AutoGraph.Semantics.Knowledge;
using Xunit;

namespace AutoGraph.Managed.Tests.Knowledge;

/// <summary>Stores that fail while answers are paid for.</summary>
public class StoreFaultTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static KnowledgeGeneratorOptions Quick => new() { RetryDelay = TimeSpan.Zero, MaxRetries = 3, Time = new JumpingTime() };

    private static KnowledgeRequest[] Rows(int count) => [.. Enumerable.Range(0, count).Select(i => new KnowledgeRequest($"{i}", $"prompt {i}"))];

    [Fact]
    public async Task GenerateAsync_StoreThatFailsForAWhile_IsTriedAgainAndNothingIsAskedTwice()
    {
        using var store = new FaultyStore { Faults = 2 };
        var client = new FakeChatClient();
        var report = await new KnowledgeGenerator(client, store, "p/1", Quick).GenerateAsync(Rows(20), cancellationToken: Stop);
        Assert.Equal((20, 20, 20L, 0), (report.Asked, client.Calls, store.Count, report.Failures.Count));
    }

    [Fact]
    public async Task GenerateAsync_StoreThatRefusesOneAnswerForGood_KeepsThatOfTheCallInFlightAndThrows()
    {
        using var store = new FaultyStore { Faults = 5, OnlyFor = "prompt 0" };
        var both = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var client = new FakeChatClient(async (prompt, _, cancellation) =>
        {
            if (prompt == "prompt 1") both.SetResult();
            await (prompt == "prompt 1" ? store.GaveUp.Task : both.Task).WaitAsync(cancellation);
            return FakeChatClient.Say(prompt);
        });
        var error = await Assert.ThrowsAsync<IOException>(() => new KnowledgeGenerator(client, store, "p/1", Quick with { Concurrency = 2 }).GenerateAsync(Rows(2), cancellationToken: Stop));
        Assert.Equal("disk full", error.Message);
        Assert.Equal("prompt 1", Assert.Single(store.ReadAll()).Text);
    }

    [Fact]
    public async Task GenerateAsync_ReservationsThatCannotBeEnded_LeaveTheReportAsItIs()
    {
        using var store = new FaultyStore { KeepsReservations = true };
        var client = new FakeChatClient((prompt, _) => FakeChatClient.Say(prompt == "prompt 0" ? "" : prompt));
        var report = await new KnowledgeGenerator(client, store, "p/1", Quick).GenerateAsync(Rows(2), cancellationToken: Stop);
        Assert.Equal((1, 1), (report.Asked, report.Failures.Count));
    }

    [Fact]
    public async Task AddAsync_OneItemThatTheStoreTakesAmiss_FailsAlone()
    {
        using var gate = new ManualResetEventSlim();
        await using var commit = new GroupCommit<int, int>(items =>
        {
            gate.Wait(Stop);
            return items.Contains(3) ? throw new ArgumentException("three") : [.. items.Select(item => -item)];
        }, TimeProvider.System);
        var added = Enumerable.Range(0, 6).Select(commit.AddAsync).ToArray(); // those behind the first make one batch
        gate.Set();
        Assert.Equal("three", (await Assert.ThrowsAsync<ArgumentException>(() => added[3])).Message);
        foreach (var item in (int[])[0, 1, 2, 4, 5]) Assert.Equal(-item, await added[item]);
    }

    /// <summary>Takes answers only after some faults.</summary>
    private sealed class FaultyStore : PassingStore
    {
        private int _tries;

        public int Faults { get; init; }

        public string? OnlyFor { get; init; }

        public bool KeepsReservations { get; init; }

        /// <summary>The last of the faults.</summary>
        public TaskCompletionSource GaveUp { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override int Add(IReadOnlyCollection<KnowledgeRecord> records)
        {
            if ((OnlyFor is null || records.Any(record => record.Prompt == OnlyFor)) && ++_tries <= Faults)
            {
                if (_tries == Faults) GaveUp.SetResult();
                throw new IOException("disk full");
            }
            return base.Add(records);
        }

        public override void Release(string owner, IReadOnlyCollection<string> keys)
        {
            if (KeepsReservations) throw new IOException("database is locked");
            base.Release(owner, keys);
        }
    }
}
