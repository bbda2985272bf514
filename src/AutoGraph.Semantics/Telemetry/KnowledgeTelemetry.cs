using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;

namespace AutoGraph.Semantics.Telemetry;

/// <summary>
/// Meters and activities of step 1. Where OpenTelemetry's conventions for generative AI have a name, it is theirs
/// (as in Microsoft.Extensions.AI's <c>UseOpenTelemetry</c>); no prompt, answer, header or exception message is ever recorded.
/// </summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Instrument</term><description>Meaning</description></listheader>
/// <item><term>gen_ai.client.operation.duration</term><description>Histogram, s: one call, repetitions each for itself; failed ones carry error.type.</description></item>
/// <item><term>gen_ai.client.token.usage</term><description>Histogram, {token}: gen_ai.token.type input or output.</description></item>
/// <item><term>autograph.knowledge.answers</term><description>Counter, {row}: rows whose answer was stored in this run.</description></item>
/// <item><term>autograph.knowledge.cache.hits</term><description>Counter, {row}: rows whose answer was there already.</description></item>
/// <item><term>autograph.knowledge.failures</term><description>Counter, {row}: rows given up, by autograph.failure.kind.</description></item>
/// <item><term>autograph.embedding.cache.hits</term><description>Counter, {text}: texts whose vector was in the store.</description></item>
/// <item><term>autograph.embedding.texts</term><description>Counter, {text}: texts that the encoder encoded.</description></item>
/// </list>
/// Activities: <c>autograph.knowledge.generate</c> for a run, below it <c>chat {model}</c> for each call; <c>embeddings {model}</c> for each batch.
/// </remarks>
public static class KnowledgeTelemetry
{
    /// <summary>Name of the meter and of the activity source: <c>AutoGraph.Semantics</c>.</summary>
    public const string SourceName = "AutoGraph.Semantics";

    internal const string Operation = "gen_ai.operation.name", RequestModel = "gen_ai.request.model", Provider = "gen_ai.provider.name",
        TokenType = "gen_ai.token.type", ErrorType = "error.type", FailureKind = "autograph.failure.kind";

    private static readonly Meter Meter = new(SourceName);

    internal static readonly ActivitySource Source = new(SourceName);

    internal static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "gen_ai.client.operation.duration", "s", "Duration of one call.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92] });

    internal static readonly Histogram<int> Tokens = Meter.CreateHistogram(
        "gen_ai.client.token.usage", "{token}", "Tokens of one call.", tags: null,
        new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864] });

    internal static readonly Counter<long> Answers = Meter.CreateCounter<long>("autograph.knowledge.answers", "{row}", "Rows whose answer was stored in this run.");
    internal static readonly Counter<long> CacheHits = Meter.CreateCounter<long>("autograph.knowledge.cache.hits", "{row}", "Rows whose answer was there already.");
    internal static readonly Counter<long> Failures = Meter.CreateCounter<long>("autograph.knowledge.failures", "{row}", "Rows given up.");
    internal static readonly Counter<long> EmbeddingCacheHits = Meter.CreateCounter<long>("autograph.embedding.cache.hits", "{text}", "Texts whose vector was in the store.");
    internal static readonly Counter<long> EmbeddingTexts = Meter.CreateCounter<long>("autograph.embedding.texts", "{text}", "Texts that the encoder encoded.");
}
