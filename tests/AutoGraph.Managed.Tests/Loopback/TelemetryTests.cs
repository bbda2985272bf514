using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using AutoGraph.Managed.Tests.Encoders;
using AutoGraph.Managed.Tests.Knowledge;
using AutoGraph.Onnx;
using AutoGraph.Semantics.Encoding;
using AutoGraph.Semantics.Knowledge;
using AutoGraph.Semantics.Telemetry;
using Microsoft.Extensions.AI;
using Xunit;

namespace AutoGraph.Managed.Tests.Loopback;

/// <summary>Meters and activities, told apart from those of other tests by the model's name.</summary>
public sealed class TelemetryTests : IDisposable
{
    private readonly ConcurrentQueue<(string Instrument, double Value, Dictionary<string, object?> Tags)> _measured = new();
    private readonly ConcurrentQueue<Activity> _activities = new();
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _listener;

    public TelemetryTests()
    {
        _meters.InstrumentPublished = (instrument, listener) => { if (instrument.Meter.Name == "AutoGraph.Semantics") listener.EnableMeasurementEvents(instrument); };
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => _measured.Enqueue((instrument.Name, value, Tags(tags))));
        _meters.SetMeasurementEventCallback<int>((instrument, value, tags, _) => _measured.Enqueue((instrument.Name, value, Tags(tags))));
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => _measured.Enqueue((instrument.Name, value, Tags(tags))));
        _meters.Start();
        _listener = new()
        {
            ShouldListenTo = source => source.Name == KnowledgeTelemetry.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = _activities.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose()
    {
        _meters.Dispose();
        _listener.Dispose();
    }

    [Fact]
    public async Task GenerateAsync_CallsTokensHitsAndFailures_AreMeasuredByTheirUsualNames()
    {
        using var store = new InMemoryKnowledgeStore();
        var client = new FakeChatClient((prompt, time) => prompt switch
        {
            "prompt 0" => FakeChatClient.Say("I'm sorry, but I can't help with that."),
            "prompt 1" when time == 1 => throw new HttpRequestException("busy", null, System.Net.HttpStatusCode.TooManyRequests),
            _ => FakeChatClient.Say("fine"),
        })
        { Model = "telemetry-1" };
        var generator = new KnowledgeGenerator(client, store, "p/1", new() { RetryDelay = TimeSpan.Zero });
        await generator.GenerateAsync(LoopbackFaultTests.Rows(4), cancellationToken: TestContext.Current.CancellationToken);
        await generator.GenerateAsync(LoopbackFaultTests.Rows(4)[2..], cancellationToken: TestContext.Current.CancellationToken);

        var durations = Of("gen_ai.client.operation.duration", "telemetry-1");
        Assert.Equal(5, durations.Length);
        Assert.Equal(["429", "refused"], durations.Select(m => m.Tags.GetValueOrDefault("error.type")).OfType<string>().Order());
        Assert.All(durations, m => Assert.Equal(("chat", "fake"), (m.Tags["gen_ai.operation.name"], m.Tags["gen_ai.provider.name"])));
        var tokens = Of("gen_ai.client.token.usage", "telemetry-1").ToLookup(m => (string)m.Tags["gen_ai.token.type"]!, m => m.Value);
        Assert.Equal((40, 12), (tokens["input"].Sum(), tokens["output"].Sum()));
        Assert.Equal(3, Of("autograph.knowledge.answers", "telemetry-1").Sum(m => m.Value));
        Assert.Equal(2, Of("autograph.knowledge.cache.hits", "telemetry-1").Sum(m => m.Value));
        Assert.Equal("refused", Assert.Single(Of("autograph.knowledge.failures", "telemetry-1")).Tags["autograph.failure.kind"]);

        var calls = _activities.Where(a => a.DisplayName == "chat telemetry-1").ToArray();
        Assert.Equal(5, calls.Length);
        Assert.All(calls, a => Assert.Equal((ActivityKind.Client, "autograph.knowledge.generate"), (a.Kind, a.Parent?.OperationName)));
        Assert.Equal(2, calls.Count(a => a.Status == ActivityStatusCode.Error));
        Assert.Equal(4, calls.Count(a => a.GetTagItem("gen_ai.usage.input_tokens") is 10L));
    }

    [Fact]
    public async Task EmbedAsync_TextsAndHits_AreMeasured()
    {
        using var files = TinyEncoder.Create();
        using var encoder = OnnxTextEncoder.Load(files.Folder, new() { MaxTokens = 77 }); // a name of its own
        using var store = new InMemoryKnowledgeStore();
        var embedder = new TextEmbedder(encoder, store);
        await embedder.EmbedAsync(["a", "b", "a"], cancellationToken: TestContext.Current.CancellationToken);
        await embedder.EmbedAsync(["a", "c"], cancellationToken: TestContext.Current.CancellationToken);
        var model = embedder.EncoderId;
        Assert.Equal(3, Of("autograph.embedding.texts", model).Sum(m => m.Value));
        Assert.Equal(1, Of("autograph.embedding.cache.hits", model).Sum(m => m.Value));
        Assert.Equal(2, Of("gen_ai.client.operation.duration", model).Count(m => (string)m.Tags["gen_ai.operation.name"]! == "embeddings"));
    }

    private (string Instrument, double Value, Dictionary<string, object?> Tags)[] Of(string instrument, string model) =>
        [.. _measured.Where(m => m.Instrument == instrument && model.Equals(m.Tags.GetValueOrDefault("gen_ai.request.model")))];

    private static Dictionary<string, object?> Tags(ReadOnlySpan<KeyValuePair<string, object?>> tags) => tags.ToArray().ToDictionary(StringComparer.Ordinal);
}
