using System.Net;
using AutoGraph.Semantics.Knowledge;
using Microsoft.Extensions.AI;
using Xunit;

namespace AutoGraph.Managed.Tests.Knowledge;

/// <summary>Rows that fail whatever is done, and what they may stop.</summary>
public class BadRowTests
{
    private static readonly KnowledgeGeneratorOptions OneByOne = new() { RetryDelay = TimeSpan.Zero, Concurrency = 1 };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static KnowledgeRequest[] Rows(int count) => [.. Enumerable.Range(0, count).Select(i => new KnowledgeRequest($"{i}", $"prompt {i}"))];

    private static ChatResponse Fail(HttpStatusCode status) => throw new HttpRequestException("no", null, status);

    private static Func<ChatResponse> Fault(string kind) => kind switch
    {
        "empty" => () => FakeChatClient.Say(" "),
        "400" => () => Fail(HttpStatusCode.BadRequest),
        _ => () => Fail(HttpStatusCode.InternalServerError),
    };

    [Theory]
    [InlineData("empty", 5)]
    [InlineData("empty", 0)]
    [InlineData("400", 0)]
    [InlineData("500", 5)]
    public async Task GenerateAsync_OneBadRowAtTheFront_StopsNoOther(string kind, int retries)
    {
        using var store = new InMemoryKnowledgeStore();
        var client = new FakeChatClient((prompt, _) => prompt == "prompt 0" ? Fault(kind)() : FakeChatClient.Say("fine"));
        var report = await new KnowledgeGenerator(client, store, "p/1", OneByOne with { MaxRetries = retries }).GenerateAsync(Rows(10), cancellationToken: Stop);
        Assert.Equal((KnowledgeStop.None, 9, "0"), (report.Stopped, report.Asked, Assert.Single(report.Failures).Id));
    }

    [Theory]
    [InlineData("empty", 2, 8 * 3, 8 * 3 * 3)]   // 24 rows of three calls
    [InlineData("400", 2, 8 * 3, 8 * 3)]         // asked once
    [InlineData("400", 0, 8, 8)]
    [InlineData("500", 2, 8, 8 * 3)]             // each call counts
    public async Task GenerateAsync_OnlyBadRows_StopsAfterSomeOfThem(string kind, int retries, int failed, int calls)
    {
        using var store = new InMemoryKnowledgeStore();
        var client = new FakeChatClient((_, _) => Fault(kind)());
        var report = await new KnowledgeGenerator(client, store, "p/1", OneByOne with { MaxRetries = retries }).GenerateAsync(Rows(200), cancellationToken: Stop);
        Assert.Equal((KnowledgeStop.EndpointDown, failed, calls), (report.Stopped, report.Failures.Count, client.Calls));
    }

    [Fact]
    public async Task GenerateAsync_RowsThatFailedBefore_AreAskedLastAndThoseOfLongAgoFirst()
    {
        using var store = new InMemoryKnowledgeStore();
        var asked = new List<string>();
        var client = new FakeChatClient((prompt, _) =>
        {
            asked.Add(prompt);
            return int.Parse(prompt.Split(' ')[1], null) < 5 ? Fail(HttpStatusCode.BadRequest) : FakeChatClient.Say("fine");
        });
        var generator = new KnowledgeGenerator(client, store, "p/1", OneByOne with { CircuitThreshold = 2 });
        int[][] expected = [[0, 1], [2, 3], [4, 5, 6, 7, 0, 1], [2, 3], [4, 0]];
        foreach (var rows in expected)
        {
            asked.Clear();
            var report = await generator.GenerateAsync(Rows(8), cancellationToken: Stop);
            Assert.Equal(KnowledgeStop.EndpointDown, report.Stopped);
            Assert.Equal(rows.Select(row => $"prompt {row}"), asked);
        }
        Assert.Equal(3, store.Count);
    }

    [Fact]
    public async Task GenerateAsync_RowThatAnotherRunGivesUpMeanwhile_FailsWithoutACall()
    {
        using var store = new SharedStore();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var one = new FakeChatClient(async (_, _, cancellation) =>
        {
            asked.TrySetResult();
            await store.Refused.Task.WaitAsync(cancellation);
            return FakeChatClient.Say("A film", ChatFinishReason.ContentFilter);
        });
        var two = new FakeChatClient();
        var running = new KnowledgeGenerator(one, store, "p/1", OneByOne).GenerateAsync(Rows(1), cancellationToken: Stop);
        await asked.Task.WaitAsync(Stop);
        var second = await new KnowledgeGenerator(two, store, "p/1", OneByOne).GenerateAsync(Rows(1), cancellationToken: Stop);
        Assert.Equal((await running).Failures, second.Failures);
        Assert.Equal((KnowledgeFailureKind.Refused, 1, 0, 0), (Assert.Single(second.Failures).Kind, one.Calls, two.Calls, second.NotAsked));
        // a later run asks again
        Assert.Equal(1, (await new KnowledgeGenerator(two, store, "p/1", OneByOne).GenerateAsync(Rows(1), cancellationToken: Stop)).Asked);
    }

    /// <summary>Tells when a row was refused because another run has it.</summary>
    private sealed class SharedStore : PassingStore
    {
        public TaskCompletionSource Refused { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override IReadOnlySet<string> Claim(string owner, IReadOnlyCollection<string> keys, TimeSpan lease)
        {
            var granted = base.Claim(owner, keys, lease);
            if (granted.Count < keys.Count) Refused.TrySetResult();
            return granted;
        }
    }
}
