using AutoGraph.Semantics.Telemetry;

namespace AutoGraph.Semantics.Knowledge;

/// <summary>Counts of a running generation. Safe for concurrent use.</summary>
internal sealed class KnowledgeTally(int rows, IProgress<KnowledgeProgress>? progress, CallTelemetry telemetry)
{
    private readonly Lock _gate = new();
    private readonly List<KnowledgeFailure> _failures = [];
    private int _answered, _asked, _cached;

    public void Cached(int count)
    {
        if (count > 0) KnowledgeTelemetry.CacheHits.Add(count, telemetry.Tags);
        Update(() => (_cached, _answered) = (_cached + count, _answered + count), null);
    }

    public void Answered(int count, CallCosts costs)
    {
        KnowledgeTelemetry.Answers.Add(count, telemetry.Tags);
        Update(() => (_asked, _answered) = (_asked + 1, _answered + count), costs);
    }

    public void Failed(IReadOnlyList<KnowledgeFailure> failures, CallCosts costs)
    {
        KnowledgeTelemetry.Failures.Add(failures.Count, telemetry.With(KnowledgeTelemetry.FailureKind, failures[0].Kind.ToString().ToLowerInvariant()));
        Update(() => _failures.AddRange(failures), costs);
    }

    public KnowledgeReport Report(GenerationRun? run, Dictionary<string, int> order)
    {
        lock (_gate)
            return new(rows, _asked, run?.Calls ?? 0, _cached, [.. _failures.OrderBy(f => order[f.Id])], run?.Costs.InputTokens ?? 0, run?.Costs.OutputTokens ?? 0)
            {
                NotAsked = rows - _answered - _failures.Count,
                Stopped = run?.Stopped ?? KnowledgeStop.None,
                Cost = run?.Costs.Spent,
            };
    }

    // Reports inside the lock: the listener sees counts that only grow.
    private void Update(Action change, CallCosts? costs)
    {
        lock (_gate)
        {
            change();
            progress?.Report(new(rows, _answered, _failures.Count, costs?.InputTokens ?? 0, costs?.OutputTokens ?? 0) { Cached = _cached, Cost = costs?.Spent });
        }
    }
}
