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
/// <item><term>autograph.cluster.partition.duration</term><description>Histogram, s: one partition of a job, failed ones too, by autograph.job (recommend, transform).</description></item>
/// </list>
/// Requests are activities <c>autograph.cluster.recommend</c>, partitions <c>autograph.cluster.partition</c>; Orleans' own activities join them where the host calls <c>AddActivityPropagation</c>.
/// </remarks>
public static class ClusterTelemetry
{
    /// <summary>Name of the meter and of the activity source: <c>AutoGraph.Orleans</c>.</summary>
    public const string SourceName = "AutoGraph.Orleans";

    private static readonly Meter Meter = new(SourceName);
    private static readonly ActivitySource Source = new(SourceName);
    private static readonly Histogram<double> Duration = Meter.CreateHistogram("autograph.cluster.request.duration", "s", "Duration of one request over all shards.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5] });

    private static readonly Histogram<double> PartitionDuration = Meter.CreateHistogram("autograph.cluster.partition.duration", "s", "Duration of one partition of a job.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000] });

    internal static Counter<long> Stale { get; } = Meter.CreateCounter<long>("autograph.cluster.stale", "{request}", "Rounds made anew because an item of the history had changed.");

    internal static Counter<long> Refused { get; } = Meter.CreateCounter<long>("autograph.cluster.refused", "{row}", "Users and items that a new model could not take.");

    internal static Running Request(string version) => new(Duration, "autograph.cluster.recommend", new("autograph.model", version));

    internal static Running Partition(string job) => new(PartitionDuration, "autograph.cluster.partition", new("autograph.job", job));

    /// <summary>A request or a partition under way.</summary>
    internal readonly struct Running(Histogram<double> duration, string name, KeyValuePair<string, object?> tag) : IDisposable
    {
        private readonly long _started = Stopwatch.GetTimestamp();
        private readonly Activity? _activity = Source.StartActivity(name)?.SetTag(tag.Key, tag.Value);

        public void Dispose()
        {
            duration.Record(Stopwatch.GetElapsedTime(_started).TotalSeconds, tag);
            _activity?.Dispose();
        }
    }
}
