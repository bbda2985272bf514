using AutoGraph.Semantics.Knowledge;
using AutoGraph.TestKit.Loopback;
using Xunit;

namespace AutoGraph.Managed.Tests.Loopback;

/// <summary>Generation by the real OpenAI client over real sockets that misbehave.</summary>
public class LoopbackFaultTests
{
    private static readonly KnowledgeGeneratorOptions Quick = new() { RetryDelay = TimeSpan.Zero, MaxRetries = 3, Concurrency = 8 };

    internal static KnowledgeRequest[] Rows(int count) => [.. Enumerable.Range(0, count).Select(i => new KnowledgeRequest($"{i}", $"prompt {i}"))];

    public static TheoryData<string> Passing => [.. Faults.Keys];

    private static readonly Dictionary<string, LoopbackReply> Faults = new()
    {
        ["429"] = LoopbackReply.Error(429, "rate_limit_exceeded"),
        ["429 with Retry-After"] = LoopbackReply.Error(429, "rate_limit_exceeded", retryAfter: "0"),
        ["500"] = LoopbackReply.Error(500, "server_error"),
        ["503, no JSON"] = new(503, "<html>busy</html>") { ContentType = "text/html" },
        ["408"] = LoopbackReply.Error(408, "timeout"),
        ["reset"] = LoopbackReply.Answer("x") with { Fault = LoopbackFault.Reset },
        ["hang"] = LoopbackReply.Answer("x") with { Fault = LoopbackFault.Hang },
        ["slow drip"] = LoopbackReply.Answer(new string('x', 5000)) with { Fault = LoopbackFault.Drip },
        ["closed within the body"] = LoopbackReply.Answer(new string('x', 5000)) with { Fault = LoopbackFault.CutOff },
        ["malformed JSON"] = new(200, "{\"choices\": [{\"mess"),
        ["another JSON"] = new(200, "{\"detail\": \"hello\"}"),
        ["an array"] = new(200, "[]"),
        ["no choices"] = new(200, "{\"id\":\"x\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[]}"),
        ["empty body"] = new(200, ""),
        ["wrong content type"] = new(200, "<html>portal</html>") { ContentType = "text/html" },
        ["empty answer"] = LoopbackReply.Answer(" \n"),
    };

    [Theory, MemberData(nameof(Passing))]
    public async Task GenerateAsync_FaultThatPasses_IsRepeatedOnceAndAnswered(string fault)
    {
        await using var server = new LoopbackChatServer(call => call.Time == 1 ? Faults[fault] : LoopbackReply.Answer($"About {call.Prompt}"));
        using var client = LoopbackClient.Of(server);
        using var store = new InMemoryKnowledgeStore();
        var timeout = fault is "hang" or "slow drip" ? TimeSpan.FromMilliseconds(700) : TimeSpan.FromMinutes(1);
        var generator = new KnowledgeGenerator(client, store, "p/1", Quick with { CallTimeout = timeout });
        var report = await generator.GenerateAsync(Rows(3), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Empty(report.Failures);
        Assert.Equal((3, 6, 6), (report.Asked, report.Calls, server.Calls));
        Assert.Equal("About prompt 1", store.Find(generator.Source.KeyOf("prompt 1"))!.Text);
    }

    [Theory]
    [InlineData(401, "invalid_api_key", "HTTP 401 Unauthorized (invalid_api_key)")]
    [InlineData(404, "model_not_found", "HTTP 404 NotFound (model_not_found)")]
    [InlineData(400, "context_length_exceeded", "HTTP 400 BadRequest (context_length_exceeded)")]
    [InlineData(429, "insufficient_quota", "HTTP 429 TooManyRequests (insufficient_quota)")]
    public async Task GenerateAsync_ErrorThatWillNotPass_IsRecordedAfterOneCall(int status, string code, string reason)
    {
        await using var server = new LoopbackChatServer(call => call.Prompt == "prompt 0" ? LoopbackReply.Error(status, code) : LoopbackReply.Answer("fine"));
        using var client = LoopbackClient.Of(server);
        using var store = new InMemoryKnowledgeStore();
        var report = await new KnowledgeGenerator(client, store, "p/1", Quick).GenerateAsync(Rows(3), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(new("0", KnowledgeFailureKind.Error, reason), Assert.Single(report.Failures));
        Assert.Equal((2, 3), (report.Asked, server.Calls));
        Assert.Equal(reason, Assert.Single(store.ReadFailures()).Reason);
    }

    [Fact]
    public async Task GenerateAsync_CutOffAndRefusedAnswers_AreRecordedNotStored()
    {
        await using var server = new LoopbackChatServer(call => call.Prompt switch
        {
            "prompt 0" => LoopbackReply.Answer("A film that", "length"),
            "prompt 1" => LoopbackReply.Answer("A film", "content_filter"),
            _ => LoopbackReply.Answer("I'm sorry, but I can't help with that."),
        });
        using var client = LoopbackClient.Of(server);
        using var store = new InMemoryKnowledgeStore();
        var report = await new KnowledgeGenerator(client, store, "p/1", Quick).GenerateAsync(Rows(3), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal([KnowledgeFailureKind.Truncated, KnowledgeFailureKind.Refused, KnowledgeFailureKind.Refused], report.Failures.Select(f => f.Kind));
        Assert.Equal((0L, 3, 15L), (store.Count, server.Calls, report.OutputTokens));
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("Thu, 01 Jan 2026 00:00:09 GMT", 9)]
    public async Task GenerateAsync_RetryAfterLongerThanTheBackOff_IsWaitedForAndNoLonger(string header, int seconds)
    {
        await using var server = new LoopbackChatServer(call => call.Time == 1 ? LoopbackReply.Error(429, "rate_limit_exceeded", retryAfter: header) : LoopbackReply.Answer("fine"));
        using var client = LoopbackClient.Of(server);
        using var store = new InMemoryKnowledgeStore();
        var time = new JumpingTime();
        var report = await new KnowledgeGenerator(client, store, "p/1", Quick with { Time = time, RetryDelay = TimeSpan.FromMilliseconds(1) })
            .GenerateAsync(Rows(1), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Empty(report.Failures);
        Assert.InRange(time.Waits.Sum(wait => wait.TotalMilliseconds), 1000 * seconds, 1000 * seconds + 1);
    }

    [Fact]
    public async Task GenerateAsync_RetryAfterLongerThanAllowed_GivesTheRowUp()
    {
        await using var server = new LoopbackChatServer(_ => LoopbackReply.Error(429, "rate_limit_exceeded", retryAfter: "7200"));
        using var client = LoopbackClient.Of(server);
        using var store = new InMemoryKnowledgeStore();
        var report = await new KnowledgeGenerator(client, store, "p/1", Quick).GenerateAsync(Rows(1), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains("asks to wait 02:00:00", Assert.Single(report.Failures).Reason, StringComparison.Ordinal);
        Assert.Equal(1, server.Calls);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0")]                                       // as some gateways say under load
    [InlineData("Wed, 01 Jan 2025 00:00:00 GMT")]           // by a clock that is behind
    public async Task GenerateAsync_WithoutRetryAfterOrOneThatIsOver_BacksOffExponentiallyWithJitter(string? header)
    {
        await using var server = new LoopbackChatServer(call => call.Time <= 4 ? LoopbackReply.Error(503, "busy", retryAfter: header) : LoopbackReply.Answer("fine"));
        using var client = LoopbackClient.Of(server);
        using var store = new InMemoryKnowledgeStore();
        var time = new JumpingTime();
        await new KnowledgeGenerator(client, store, "p/1", new() { Time = time, MaxRetries = 4, RetryDelay = TimeSpan.FromSeconds(1), MaxRetryDelay = TimeSpan.FromHours(1) })
            .GenerateAsync(Rows(1), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(4, time.Waits.Distinct().Count());
        // Polly's decorrelated jitter: in all between 2^3 and 2^4 s, divided by 1.4.
        Assert.InRange(time.Waits.Sum(wait => wait.TotalSeconds), 5.7, 11.5);
    }

    // A fault for 30 % of the calls, never more in a row for one prompt than repetitions allow.
    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public async Task GenerateAsync_SeededFaultSchedule_EveryRowIsAnsweredAndNoneAskedMoreOften(int seed)
    {
        const int count = 400, retries = 3;
        string[] kinds = [.. Faults.Keys.Where(kind => kind is not ("hang" or "slow drip"))];
        var random = new Random(seed);
        var schedule = Rows(count).ToDictionary(row => row.Prompt, _ =>
        {
            List<string> faults = [];
            while (faults.Count < retries && random.NextDouble() < 0.3) faults.Add(kinds[random.Next(kinds.Length)]);
            return faults;
        });
        await using var server = new LoopbackChatServer(call =>
            call.Time <= schedule[call.Prompt].Count ? Faults[schedule[call.Prompt][call.Time - 1]] : LoopbackReply.Answer($"About {call.Prompt}"));
        using var client = LoopbackClient.Of(server);
        using var store = new InMemoryKnowledgeStore();
        var generator = new KnowledgeGenerator(client, store, "p/1", Quick with { MaxRetries = retries });
        var report = await generator.GenerateAsync(Rows(count), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Empty(report.Failures);
        Assert.Equal(KnowledgeStop.None, report.Stopped);
        Assert.All(Rows(count), row => Assert.Equal($"About {row.Prompt}", store.Find(generator.Source.KeyOf(row.Prompt))!.Text));
        Assert.All(schedule, row => Assert.Equal(row.Value.Count + 1, server.Asked[row.Key]));

        var again = await generator.GenerateAsync(Rows(count), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((0, count), (again.Calls, again.Cached));
        Assert.Equal(report.Calls, server.Calls);
    }
}
