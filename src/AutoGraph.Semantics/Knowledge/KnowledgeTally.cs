namespace AutoGraph.Semantics.Knowledge;

/// <summary>Counts of a running generation. Safe for concurrent use.</summary>
internal sealed class KnowledgeTally(int rows, IProgress<KnowledgeProgress>? progress)
{
    private readonly Lock _gate = new();
    private readonly List<KnowledgeFailure> _failures = [];
    private int _answered, _asked, _cached;
    private long _inputTokens, _outputTokens;

    public void Cached(int count) => Update(() => (_cached, _answered) = (_cached + count, _answered + count));

    public void Answered(int count, long inputTokens, long outputTokens) => Update(() =>
    {
        (_asked, _answered) = (_asked + 1, _answered + count);
        (_inputTokens, _outputTokens) = (_inputTokens + inputTokens, _outputTokens + outputTokens);
    });

    public void Failed(IEnumerable<KnowledgeFailure> failures) => Update(() => _failures.AddRange(failures));

    public KnowledgeReport Report(int calls, Dictionary<string, int> order)
    {
        lock (_gate) return new(rows, _asked, calls, _cached, [.. _failures.OrderBy(f => order[f.Id])], _inputTokens, _outputTokens);
    }

    // Reports inside the lock: the listener sees counts that only grow.
    private void Update(Action change)
    {
        lock (_gate)
        {
            change();
            progress?.Report(new(rows, _answered, _failures.Count, _inputTokens, _outputTokens));
        }
    }
}
