using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace AutoGraph;

/// <summary>Meters of engines; no id, vector or text is ever recorded.</summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Instrument</term><description>Meaning</description></listheader>
/// <item><term>autograph.serving.request.duration</term><description>Histogram, s: one request, by autograph.request (recommend or similar_items).</description></item>
/// <item><term>autograph.serving.changes</term><description>Counter, {row}: rows whose change became visible, by autograph.side (item or user) and autograph.change (put or remove).</description></item>
/// <item><term>autograph.serving.rows</term><description>Gauge, {row}: rows there are, removed ones included, by autograph.side; with autograph.joined whether they joined after training.</description></item>
/// <item><term>autograph.serving.drift.explained</term><description>Gauge: <see cref="LevelDrift.Explained"/> of the last level, by autograph.side; nothing without new rows that differ.</description></item>
/// <item><term>autograph.serving.drift.load_excess</term><description>Gauge: <see cref="LevelDrift.LoadExcess"/> of level 0, likewise.</description></item>
/// </list>
/// Gauges are those of the engine that was made last in the process and is not disposed; drift is measured on at most 1,000 rows of each side, anew only where rows joined.
/// </remarks>
public static class ServingTelemetry
{
    /// <summary>Name of the meter: <c>AutoGraph.Serving</c>.</summary>
    public const string SourceName = "AutoGraph.Serving";

    private const string Side = "autograph.side";
    private static readonly DriftOptions Watched = new() { MostRows = 1000 };
    private static readonly Meter Meter = new(SourceName);
    private static readonly Lock Gate = new();
    private static readonly List<WeakReference<RecommendationEngine>> Serving = [];     // in the order made
    private static readonly Histogram<double> Duration = Meter.CreateHistogram("autograph.serving.request.duration", "s", "Duration of one request.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5] });
    private static readonly Counter<long> Changes = Meter.CreateCounter<long>("autograph.serving.changes", "{row}", "Rows whose change became visible.");

    static ServingTelemetry()
    {
        Meter.CreateObservableGauge("autograph.serving.rows", () => OfLatest(Rows), "{row}", "Rows there are.");
        Meter.CreateObservableGauge("autograph.serving.drift.explained", () => OfLatest(engine => Drifts(engine, report => report.Levels[^1].Explained)), null, "What codes explain of new rows, as part of what they explain of training rows.");
        Meter.CreateObservableGauge("autograph.serving.drift.load_excess", () => OfLatest(engine => Drifts(engine, report => report.Levels[0].LoadExcess)), null, "How much farther than by chance new rows spread over level 0.");
    }

    internal static void Watch(RecommendationEngine engine)
    {
        lock (Gate)
        {
            Serving.RemoveAll(kept => !kept.TryGetTarget(out _));
            Serving.Add(new(engine));
        }
    }

    internal static void Leave(RecommendationEngine engine)
    {
        lock (Gate) Serving.RemoveAll(kept => kept.TryGetTarget(out var other) && other == engine);
    }

    internal static void Answered(string request, long started) => Duration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("autograph.request", request));

    internal static void Changed(IReadOnlyList<Change> changes)
    {
        if (!Changes.Enabled) return;
        foreach (var group in changes.GroupBy(change => (change is Change.ItemChange or Change.HideChange { IsItem: true } ? "item" : "user", change is Change.HideChange ? "remove" : "put")))
            Changes.Add(group.Count(), new(Side, group.Key.Item1), new("autograph.change", group.Key.Item2));
    }

    private static IEnumerable<T> OfLatest<T>(Func<RecommendationEngine, IEnumerable<T>> measure)
    {
        RecommendationEngine? latest = null;
        lock (Gate)
            for (int i = Serving.Count - 1; i >= 0 && latest is null; i--) Serving[i].TryGetTarget(out latest);
        return latest is null ? [] : measure(latest);
    }

    private static IEnumerable<Measurement<long>> Rows(RecommendationEngine engine)
    {
        foreach (var (side, ids) in ((string, IdIndex)[])[("item", engine.Snapshot.Items.Ids), ("user", engine.Snapshot.Users.Ids)])
        {
            yield return new(ids.FittedCount, new(Side, side), new("autograph.joined", false));
            yield return new(ids.Count - ids.FittedCount, new(Side, side), new("autograph.joined", true));
        }
    }

    private static IEnumerable<Measurement<double>> Drifts(RecommendationEngine engine, Func<DriftReport, double?> figure) =>
        engine.WatchedDrifts(Watched).Where(report => report.Levels.Count > 0).Select(report => (report.Side, Value: figure(report)))
            .Where(report => report.Value is not null).Select(report => new Measurement<double>(report.Value!.Value, new KeyValuePair<string, object?>(Side, report.Side)));
}
