using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace AutoGraph.Orleans;

/// <summary>Meters and traces of a cluster, beside those of Orleans (<c>Microsoft.Orleans</c>) and of the engine (<see cref="ServingTelemetry"/>); no id, vector or text is ever recorded.</summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Instrument</term><description>Meaning</description></listheader>
/// <item><term>autograph.cluster.request.duration</term><description>Histogram, s: one request over all shards, by autograph.model.</description></item>
/// <item><term>autograph.cluster.stale</term><description>Counter, {request}: rounds made anew because an item of the history had changed.</description></item>
/// <item><term>autograph.cluster.refused</term><description>Counter, {row}: users and items that joined and that a new model could not take, by autograph.side.</description></item>
/// </list>
/// Requests are activities <c>autograph.cluster.recommend</c> of the same name; Orleans' own activities join them where the host calls <c>AddActivityPropagation</c>.
/// </remarks>
public static class ClusterTelemetry
{
    /// <summary>Name of the meter and of the activity source: <c>AutoGraph.Orleans</c>.</summary>
    public const string SourceName = "AutoGraph.Orleans";

    private static readonly Meter Meter = new(SourceName);
    private static readonly ActivitySource Source = new(SourceName);
    private static readonly Histogram<double> Duration = Meter.CreateHistogram("autograph.cluster.request.duration", "s", "Duration of one request over all shards.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5] });

    internal static Counter<long> Stale { get; } = Meter.CreateCounter<long>("autograph.cluster.stale", "{request}", "Rounds made anew because an item of the history had changed.");

    internal static Counter<long> Refused { get; } = Meter.CreateCounter<long>("autograph.cluster.refused", "{row}", "Users and items that a new model could not take.");

    internal static Running Request(string version) => new(version);

    /// <summary>A request under way.</summary>
    internal readonly struct Running(string version) : IDisposable
    {
        private readonly long _started = Stopwatch.GetTimestamp();
        private readonly Activity? _activity = Source.StartActivity("autograph.cluster.recommend")?.SetTag("autograph.model", version);

        public void Dispose()
        {
            Duration.Record(Stopwatch.GetElapsedTime(_started).TotalSeconds, new KeyValuePair<string, object?>("autograph.model", version));
            _activity?.Dispose();
        }
    }
}
