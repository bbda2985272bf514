using AutoGraph.Semantics.Telemetry;

namespace AutoGraph.Semantics.Knowledge;

/// <summary>Counts of a running generation. Safe for concurrent use.</summary>
internal sealed class KnowledgeTally(int rows, CallCosts costs, IProgress<KnowledgeProgress>? progress, CallTelemetry telemetry)
{
    private readonly Lock _gate = new();
    private readonly List<KnowledgeFailure> _failures = [];
    private int _answered, _asked, _cached;

    public void Cached(int count)
    {
        if (count > 0) KnowledgeTelemetry.CacheHits.Add(count, telemetry.Tags);
        Update(() => (_cached, _answered) = (_cached + count, _answered + count));
    }

    public void Answered(int count)
    {
        KnowledgeTelemetry.Answers.Add(count, telemetry.Tags);
        Update(() => (_asked, _answered) = (_asked + 1, _answered + count));
    }

    public void Failed(IReadOnlyList<KnowledgeFailure> failures)
    {
        KnowledgeTelemetry.Failures.Add(failures.Count, telemetry.With(KnowledgeTelemetry.FailureKind, failures[0].Kind.ToString().ToLowerInvariant()));
        Update(() => _failures.AddRange(failures));
    }

    public KnowledgeReport Report(GenerationRun? run, Dictionary<string, int> order)
    {
        lock (_gate)
            return new(rows, _asked, run?.Calls ?? 0, _cached, [.. _failures.OrderBy(f => order[f.Id])], costs.InputTokens, costs.OutputTokens)
            {
                NotAsked = rows - _answered - _failures.Count,
                Stopped = run?.Stopped ?? KnowledgeStop.None,
                Cost = costs.Spent,
            };
    }

    // Reports inside the lock, and costs with each report: the listener sees counts that only grow.
    private void Update(Action change)
    {
        lock (_gate)
        {
            change();
            progress?.Report(new(rows, _answered, _failures.Count, costs.InputTokens, costs.OutputTokens) { Cached = _cached, Cost = costs.Spent });
        }
    }
}
