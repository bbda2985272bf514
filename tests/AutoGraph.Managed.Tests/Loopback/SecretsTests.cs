using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using AutoGraph.Semantics.Knowledge;
using AutoGraph.Semantics.Telemetry;
using AutoGraph.TestKit.Loopback;
using Microsoft.Extensions.AI;
using Xunit;

namespace AutoGraph.Managed.Tests.Loopback;

/// <summary>A marked key goes to the endpoint and nowhere else, whatever the endpoint says about it.</summary>
public sealed class SecretsTests : IDisposable
{
    private const string Key = LoopbackClient.Key;

    private readonly string _folder = Directory.CreateTempSubdirectory("secrets-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Servers repeat the key in messages, in codes and in error pages.
    private static LoopbackReply Betray(LoopbackCall call) => int.Parse(call.Prompt.Split(' ')[1], null) switch
    {
        0 => LoopbackReply.Error(401, "invalid_api_key", $"Incorrect API key provided: {call.Authorization}"),
        1 => LoopbackReply.Error(403, Key),
        2 => LoopbackReply.Error(500, "server_error", Key),
        3 => new(502, $"<html>upstream said {call.Authorization}</html>") { ContentType = "text/html", Header = $"X-Echo: {Key}" },
        4 => new(200, $"not json {Key}"),
        5 => new(200, $"{{\"error\": \"{Key}\"}}"),
        6 => LoopbackReply.Answer("x") with { Fault = LoopbackFault.Reset },
        7 => LoopbackReply.Error(429, "rate_limit_exceeded", Key, retryAfter: Key),
        _ => LoopbackReply.Answer($"About {call.Prompt}"),
    };

    [Fact]
    public async Task GenerateAsync_EndpointThatRepeatsTheKey_LeavesNoTraceOfIt()
    {
        var seen = new StringBuilder();
        var keys = 0;
        using var listening = Listen(seen);
        await using var server = new LoopbackChatServer(call =>
        {
            if (call.Authorization == $"Bearer {Key}") Interlocked.Increment(ref keys);
            return Betray(call);
        });
        using var client = LoopbackClient.Of(server);
        var file = Path.Combine(_folder, "k.db");
        using (var store = new SqliteKnowledgeStore(file))
        {
            var options = new KnowledgeGeneratorOptions
            {
                RetryDelay = TimeSpan.Zero, MaxRetries = 1, Chat = new() { Instructions = Key, AdditionalProperties = new() { ["api_key"] = Key } },
            };
            var report = await new KnowledgeGenerator(client, store, "p/1", options).GenerateAsync(LoopbackFaultTests.Rows(12), cancellationToken: TestContext.Current.CancellationToken);
            Assert.Equal((4, 8), (report.Asked, report.Failures.Count));
            lock (seen) // other tests are measured meanwhile
                seen.Append(report).AppendJoin('\n', report.Failures).Append(Assert.Throws<InvalidOperationException>(report.ThrowIfFailed)).AppendJoin('\n', store.ReadFailures());
            KnowledgeJsonLines.Export(store, Path.Combine(_folder, "k.jsonl"));
        }
        Assert.Equal(server.Calls, keys); // the mark was there to be betrayed
        string all;
        lock (seen) all = seen.ToString();
        Assert.Contains("HTTP 401 Unauthorized (invalid_api_key)", all, StringComparison.Ordinal);
        Assert.DoesNotContain("marked", all, StringComparison.OrdinalIgnoreCase);
        foreach (var path in Directory.GetFiles(_folder))
            Assert.DoesNotContain("marked", Encoding.Latin1.GetString(File.ReadAllBytes(path)), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Writes down all that meters and activities say.</summary>
    private static CompositeListener Listen(StringBuilder seen)
    {
        var meters = new MeterListener { InstrumentPublished = (instrument, listener) => { if (instrument.Meter.Name == KnowledgeTelemetry.SourceName) listener.EnableMeasurementEvents(instrument); } };
        meters.SetMeasurementEventCallback<double>((_, _, tags, _) => Note(tags));
        meters.SetMeasurementEventCallback<int>((_, _, tags, _) => Note(tags));
        meters.SetMeasurementEventCallback<long>((_, _, tags, _) => Note(tags));
        meters.Start();
        var activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == KnowledgeTelemetry.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (seen) seen.Append(activity.DisplayName).Append(activity.StatusDescription);
                Note([.. activity.TagObjects]);
                foreach (var entry in activity.Events) Note([.. entry.Tags]);
            },
        };
        ActivitySource.AddActivityListener(activities);
        return new(meters, activities);

        void Note(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            lock (seen)
                foreach (var (name, value) in tags) seen.Append(name).Append('=').Append(value).Append(';');
        }
    }

    private sealed record CompositeListener(MeterListener Meters, ActivityListener Activities) : IDisposable
    {
        public void Dispose()
        {
            Meters.Dispose();
            Activities.Dispose();
        }
    }
}
