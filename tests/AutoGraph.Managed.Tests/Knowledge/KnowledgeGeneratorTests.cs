using System.Net;
using AutoGraph.Managed.Tests.Loopback;
using AutoGraph.Semantics.Costs;
using AutoGraph.Semantics.Knowledge;
using Microsoft.Extensions.AI;
using Xunit;

namespace AutoGraph.Managed.Tests.Knowledge;

public class KnowledgeGeneratorTests
{
    private static readonly KnowledgeGeneratorOptions Quick = new() { RetryDelay = TimeSpan.Zero, MaxRetries = 3 };

    private static KnowledgeRequest[] Rows(int count) => [.. Enumerable.Range(0, count).Select(i => new KnowledgeRequest($"{i}", $"prompt {i}"))];

    private sealed class Recorder : IProgress<KnowledgeProgress>
    {
        public List<KnowledgeProgress> Seen { get; } = [];

        public void Report(KnowledgeProgress value) => Seen.Add(value);
    }

    [Fact]
    public async Task GenerateAsync_SecondRun_MakesNoCall()
    {
        using var store = new InMemoryKnowledgeStore();
        var client = new FakeChatClient();
        var first = await new KnowledgeGenerator(client, store, "film-item/1").GenerateAsync(Rows(50));
        Assert.Equal((50, 50, 50, 0, 0, 500L, 150L), (first.Rows, first.Asked, first.Calls, first.Cached, first.Failures.Count, first.InputTokens, first.OutputTokens));

        var again = new KnowledgeGenerator(client, store, "film-item/1");
        var second = await again.GenerateAsync(Rows(50));
        Assert.Equal((50, 0, 0, 50), (second.Rows, second.Asked, second.Calls, second.Cached));
        Assert.Equal(50, client.Calls);
        Assert.Equal("About prompt 7", store.Find(again.Source.KeyOf("prompt 7"))!.Text);
    }

    [Fact]
    public async Task GenerateAsync_OtherVersionModelOrOptions_AsksAgain()
    {
        using var store = new InMemoryKnowledgeStore();
        var client = new FakeChatClient();
        await new KnowledgeGenerator(client, store, "p/1").GenerateAsync(Rows(1));
        await new KnowledgeGenerator(client, store, "p/2").GenerateAsync(Rows(1));
        await new KnowledgeGenerator(client, store, "p/1", new() { Model = "fake-2" }).GenerateAsync(Rows(1));
        await new KnowledgeGenerator(client, store, "p/1", new() { Chat = new() { Temperature = 0.5f } }).GenerateAsync(Rows(1));
        Assert.Equal((4, 4L), (client.Calls, store.Count));
        Assert.Contains(client.Options, o => o?.Temperature == 0.5f);
    }

    [Fact]
    public async Task GenerateAsync_LimitOfTokensRaised_AsksOnlyForAnswersThatItCutOff()
    {
        using var store = new InMemoryKnowledgeStore();
        var client = new FakeChatClient((prompt, time) => FakeChatClient.Say($"About {prompt}", prompt == "prompt 2" && time == 1 ? ChatFinishReason.Length : null));
        var options = Quick with { Chat = new() { Temperature = 0, MaxOutputTokens = 400 } };
        var first = await new KnowledgeGenerator(client, store, "p/1", options).GenerateAsync(Rows(5));
        Assert.Contains("raise MaxOutputTokens", Assert.Throws<InvalidOperationException>(first.ThrowIfFailed).Message, StringComparison.Ordinal);
        var second = await new KnowledgeGenerator(client, store, "p/1", options with { Chat = new() { Temperature = 0, MaxOutputTokens = 800 } }).GenerateAsync(Rows(5));
        Assert.Equal((4, 1, 6), (second.Cached, second.Asked, client.Calls));
    }

    [Fact]
    public async Task GenerateAsync_EqualPrompts_AreAskedOnceAndCountForEachRow()
    {
        using var store = new InMemoryKnowledgeStore();
        var client = new FakeChatClient();
        var progress = new Recorder();
        var report = await new KnowledgeGenerator(client, store, "p/1").GenerateAsync([new("a", "same"), new("b", "same"), new("c", "other")], progress);
        Assert.Equal((3, 2, 2), (report.Rows, report.Asked, client.Calls));
        Assert.Equal(new(3, 3, 0, 20, 6), progress.Seen[^1]);
        Assert.Equal(progress.Seen.Select(p => p.Answered).Order(), progress.Seen.Select(p => p.Answered));
    }

    [Fact]
    public async Task GenerateAsync_PassingFaults_AreRepeatedUntilAnswered()
    {
        using var store = new InMemoryKnowledgeStore();
        var client = new FakeChatClient((prompt, time) => time switch
        {
            1 => throw new HttpRequestException("busy", null, HttpStatusCode.TooManyRequests),
            2 => throw new TaskCanceledException("the client's own time-out"),
            3 => FakeChatClient.Say("  \n"),
            _ => FakeChatClient.Say("at last "),
        });
        var generator = new KnowledgeGenerator(client, store, "p/1", Quick);
        var report = await generator.GenerateAsync(Rows(20));
        report.ThrowIfFailed();
        Assert.Equal((20, 80, 80), (report.Asked, report.Calls, client.Calls));
        Assert.Equal("at last", store.Find(generator.Source.KeyOf("prompt 0"))!.Text);
    }

    [Fact]
    public async Task GenerateAsync_RowsThatFailForGood_AreReportedAndStopNoOther()
    {
        using var store = new InMemoryKnowledgeStore();
        var client = new FakeChatClient((prompt, _) => prompt switch
        {
            "prompt 1" => throw new HttpRequestException("key?", null, HttpStatusCode.Unauthorized),
            "prompt 3" => throw new HttpRequestException("down", null, HttpStatusCode.BadGateway),
            "prompt 4" => FakeChatClient.Say(""),
            "prompt 5" => FakeChatClient.Say("A film about", ChatFinishReason.Length),
            "prompt 6" => FakeChatClient.Say("A film", ChatFinishReason.ContentFilter),
            "prompt 7" => FakeChatClient.Say("I'm sorry, but I can't help with that."),
            _ => FakeChatClient.Say($"About {prompt}"),
        });
        var report = await new KnowledgeGenerator(client, store, "p/1", Quick).GenerateAsync(Rows(10));

        Assert.Equal(
            [("1", KnowledgeFailureKind.Error), ("3", KnowledgeFailureKind.Error), ("4", KnowledgeFailureKind.Empty),
             ("5", KnowledgeFailureKind.Truncated), ("6", KnowledgeFailureKind.Refused), ("7", KnowledgeFailureKind.Refused)],
            report.Failures.Select(f => (f.Id, f.Kind)));
        Assert.Equal((4, 4L), (report.Asked, store.Count));
        // Repeated: 502 and the empty answer, three times each; the others would fail alike.
        Assert.Equal([1, 4, 4, 1, 1, 1], new[] { 1, 3, 4, 5, 6, 7 }.Select(i => client.Asked[$"prompt {i}"]));
        var error = Assert.Throws<InvalidOperationException>(report.ThrowIfFailed);
        Assert.Contains("6 of 10 rows got no answer", error.Message, StringComparison.Ordinal);
        Assert.Contains("run again", error.Message, StringComparison.Ordinal);
        Assert.Contains("give it a text of your own (Recorded, which goes by IdColumn", error.Message, StringComparison.Ordinal);
        var unrefused = Assert.Throws<InvalidOperationException>((report with { Failures = [.. report.Failures.Where(f => f.Kind != KnowledgeFailureKind.Refused)] }).ThrowIfFailed);
        Assert.DoesNotContain("Recorded", unrefused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GenerateAsync_NullCharacters_AreRefusedInPromptsAndDroppedFromAnswers()
    {
        using var store = new InMemoryKnowledgeStore();
        var client = new FakeChatClient((prompt, _) => FakeChatClient.Say(prompt == "prompt 1" ? "\0 \0" : "\0about\0 it"));
        var generator = new KnowledgeGenerator(client, store, "p/1", Quick with { MaxRetries = 0 });
        var error = await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync([.. Rows(1), new("bad", "a film\0")]));
        Assert.Contains("Expected a prompt without U+0000, found one behind 'a film'", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, client.Calls);
        var report = await generator.GenerateAsync(Rows(2));
        Assert.Equal("about it", Assert.Single(store.ReadAll()).Text);
        Assert.Equal(KnowledgeFailureKind.Empty, Assert.Single(report.Failures).Kind);
    }

    [Fact]
    public async Task GenerateAsync_HangingCall_TimesOutAndIsRepeated()
    {
        using var store = new InMemoryKnowledgeStore();
        var client = new FakeChatClient(async (_, time, token) =>
        {
            if (time == 1) await Task.Delay(Timeout.Infinite, token);
            return FakeChatClient.Say("awake");
        });
        var report = await new KnowledgeGenerator(client, store, "p/1", Quick with { CallTimeout = TimeSpan.FromMilliseconds(50) }).GenerateAsync(Rows(1));
        Assert.Equal((1, 2), (report.Asked, report.Calls));
    }

    [Fact]
    public async Task GenerateAsync_ExceptionsOfTheClientsOwn_AreRepeatedWhereNamed()
    {
        using var store = new InMemoryKnowledgeStore();
        var client = new FakeChatClient((_, time) => time == 1 ? throw new FormatException("garbled") : FakeChatClient.Say("fine"));
        var report = await new KnowledgeGenerator(client, store, "p/1", Quick with { IsTransient = e => e is FormatException }).GenerateAsync(Rows(1));
        Assert.Empty(report.Failures);
    }

    [Fact]
    public async Task GenerateAsync_ManyRows_KeepsToTheConcurrency()
    {
        using var store = new InMemoryKnowledgeStore();
        // Nobody answers before five calls are in flight: exactly as many as are allowed.
        var full = new TaskCompletionSource();
        var waiting = 0;
        var client = new FakeChatClient(async (_, _, _) =>
        {
            if (Interlocked.Increment(ref waiting) == 5) full.SetResult();
            await full.Task;
            await Task.Yield();
            return FakeChatClient.Say("yes");
        });
        await new KnowledgeGenerator(client, store, "p/1", new() { Concurrency = 5 }).GenerateAsync(Rows(200));
        Assert.Equal(5, client.MostInFlight);
    }

    [Fact]
    public async Task GenerateAsync_Cancelled_KeepsWhatWasAnsweredAndGoesOnLater()
    {
        using var store = new InMemoryKnowledgeStore();
        using var stop = new CancellationTokenSource();
        var client = new FakeChatClient(async (prompt, time, token) =>
        {
            if (prompt == "prompt 20" && time == 1)
            {
                await stop.CancelAsync();
                throw new HttpRequestException("aborted");
            }
            return FakeChatClient.Say($"About {prompt}");
        });
        var generator = new KnowledgeGenerator(client, store, "p/1", Quick with { Concurrency = 1 });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => generator.GenerateAsync(Rows(40), cancellationToken: stop.Token));
        Assert.Equal(20, store.Count);
        var report = await generator.GenerateAsync(Rows(40));
        Assert.Equal((20, 20), (report.Cached, report.Asked));
        Assert.Equal(41, client.Calls);
    }

    [Fact]
    public async Task GenerateAsync_AnswersStoredByOthersMeanwhile_AreNotAskedAgain()
    {
        using var store = new InMemoryKnowledgeStore();
        var source = new KnowledgeSource("p/1", "fake-1");
        var client = new FakeChatClient((prompt, _) =>
        {
            store.Add([new(source, "prompt 1", "from another process")]);
            return FakeChatClient.Say("mine");
        });
        var progress = new Recorder();
        var options = new KnowledgeGeneratorOptions { Concurrency = 1, Prices = new(new Dictionary<string, ModelPrice> { ["fake-1"] = new(1, 1) }) };
        var report = await new KnowledgeGenerator(client, store, "p/1", options).GenerateAsync(Rows(2), progress);
        Assert.Equal((1, 1, 1), (report.Asked, report.Cached, client.Calls));
        Assert.Equal([(0, 0, 0L, 0L, 0m), (1, 0, 10L, 3L, 13e-6m), (2, 1, 10L, 3L, 13e-6m)], progress.Seen.Select(p => (p.Answered, p.Cached, p.InputTokens, p.OutputTokens, p.Cost!.Value)));
    }

    [Fact]
    public async Task GenerateAsync_StoreThatFails_StopsTheRun()
    {
        using var store = new FailingStore();
        var client = new FakeChatClient();
        var error = await Assert.ThrowsAsync<IOException>(() => new KnowledgeGenerator(client, store, "p/1", Quick with { Concurrency = 1, Time = new JumpingTime() }).GenerateAsync(Rows(100)));
        Assert.Equal("disk full", error.Message);
        Assert.Equal(1, client.Calls);
    }

    [Fact]
    public async Task Constructor_BadInput_IsRefusedBeforeAnyCall()
    {
        using var store = new InMemoryKnowledgeStore();
        var client = new FakeChatClient { Model = null };
        Assert.Contains("id of the model", Assert.Throws<ArgumentException>(() => new KnowledgeGenerator(client, store, "p/1")).Message, StringComparison.Ordinal);
        var error = Assert.Throws<ArgumentException>(() => new KnowledgeGenerator(client, store, "p/1", new() { Concurrency = 0, MaxRetries = -1, CallTimeout = TimeSpan.Zero }));
        foreach (var name in (string[])["Concurrency", "MaxRetries", "CallTimeout"]) Assert.Contains(name, error.Message, StringComparison.Ordinal);
        var blank = await Assert.ThrowsAsync<ArgumentException>(() => new KnowledgeGenerator(new FakeChatClient(), store, "p/1").GenerateAsync([new("x9", " ")]));
        Assert.Contains("x9", blank.Message, StringComparison.Ordinal);
        Assert.Equal(0, client.Calls);
    }

    [Fact]
    public async Task GenerateAsync_RenewalOfReservationsFails_TheRunGoesOnAndReleasesThem()
    {
        using var store = new BusyStore();
        var client = new FakeChatClient(async (prompt, _, cancellation) =>
        {
            if (prompt == "prompt 1") await store.Refused.Task.WaitAsync(TimeSpan.FromSeconds(30), cancellation);
            return FakeChatClient.Say(prompt);
        });
        var report = await new KnowledgeGenerator(client, store, "p/1", Quick with { ClaimLease = TimeSpan.FromMilliseconds(100), MaxRetries = 0 }).GenerateAsync(Rows(2));
        Assert.Equal((2, 0, 2L), (report.Asked, report.Failures.Count, store.Count));
    }

    /// <summary>Takes reservations, and refuses to renew them.</summary>
    private sealed class BusyStore : PassingStore
    {
        private readonly HashSet<string> _claimed = [];

        public TaskCompletionSource Refused { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override IReadOnlySet<string> Claim(string owner, IReadOnlyCollection<string> keys, TimeSpan lease)
        {
            lock (_claimed)
            {
                if (keys.All(_claimed.Add)) return base.Claim(owner, keys, lease);
            }
            Refused.TrySetResult();
            throw new IOException("database is locked");
        }
    }

    private sealed class FailingStore : IKnowledgeStore
    {
        public long Count => 0;

        public KnowledgeRecord? Find(string key) => null;

        public int Add(IReadOnlyCollection<KnowledgeRecord> records) => throw new IOException("disk full");

        public void AddFailures(IReadOnlyCollection<FailedPrompt> failures) => throw new IOException("disk full");

        public IEnumerable<FailedPrompt> ReadFailures() => [];

        public IEnumerable<KnowledgeRecord> ReadAll() => [];

        public float[]? FindEmbedding(string encoder, string textHash) => null;

        public void AddEmbeddings(string encoder, IReadOnlyCollection<KeyValuePair<string, float[]>> embeddings)
        {
        }

        public void Dispose()
        {
        }
    }
}
