using System.Globalization;

namespace AutoGraph.Experiments;

/// <summary>Under which conditions the figures of a report were made.</summary>
internal static class RunFacts
{
    /// <summary>Facts of runs, and of the machine that writes the report.</summary>
    public static FactList Of(IReadOnlyCollection<RunResult> results)
    {
        List<(string, string)> facts = [];
        if (results.Count > 0)
        {
            facts.AddRange([
                ("Protocol", Each(result => result.Protocol)),
                ("Seeds", Each(result => Text(result.Seed))),
                ("Semantic vectors", Each(result => result.Semantics)),
                ("Training", Each(Training)),
                ("Graph", Each(Graph)),
                ("Threads", Each(result => Text(result.Threads))),
                ("Times", Times(results)),
                ("Commits of the runs", Each(result => result.Commit ?? "not stored")),
                ("Machines of the runs", Each(result => result.Machine ?? "not stored")),
            ]);
        }
        return new("How it was measured", [.. facts, .. OfThisProcess()]);

        string Each(Func<RunResult, string> fact) => string.Join("; ", results.Select(fact).Distinct(StringComparer.Ordinal));
    }

    /// <summary>Facts of the machine that writes the report.</summary>
    public static IReadOnlyList<(string Name, string Value)> OfThisProcess() =>
    [
        ("Machine of the report", Provenance.Machine), ("Runtime", Provenance.Runtime), ("Packages", Provenance.Packages), ("Commit of the report", Provenance.Commit),
        ("Written", DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)), ("Command", string.Join(" ", Environment.GetCommandLineArgs().Skip(1))),
    ];

    private static string Training(RunResult result)
    {
        string decay = result.WeightDecay?.ToString(CultureInfo.InvariantCulture) ?? "not stored";
        if (result.EmbeddingDecay is { } embeddings) decay += string.Create(CultureInfo.InvariantCulture, $" (embeddings {embeddings})");
        return string.Create(CultureInfo.InvariantCulture,
            $"batch {result.Batch}, learning rate {result.LearningRate}, weight decay {decay}, {result.Loss} with {result.NegativeCount} {result.Negatives} negatives, patience {result.Patience}, ")
            + string.Create(CultureInfo.InvariantCulture, $"users who train {result.TrainUsers:P0}, earlier positives of a sample {result.MinHistory}");
    }

    private static string Graph(RunResult result) => string.Create(CultureInfo.InvariantCulture, $"{result.UserNeighbors} {result.Neighbors} neighbours, {result.SemanticPaths} semantic paths")
        + (result.EnhancedHistory ? ", history with graph and content fields" : "") + (result.UserContent ? ", users' own vectors as content" : "");

    private static string Times(IReadOnlyCollection<RunResult> results)
    {
        double hours = results.Sum(result => result.TotalSeconds ?? result.Epochs * result.SecondsPerEpoch) / 3600;
        var (least, most) = (results.Min(result => result.SecondsPerEpoch), results.Max(result => result.SecondsPerEpoch));
        return string.Create(CultureInfo.InvariantCulture, $"{hours:F2} hours in all, {least:F1} to {most:F1} s an epoch, peak memory {results.Max(result => result.PeakMemoryMiB):N0} MiB{Load(results)}");
    }

    private static string Load(IReadOnlyCollection<RunResult> results) => results.Max(result => result.Load) is { } load
        ? string.Create(CultureInfo.InvariantCulture, $", up to {load:F0} processes wanting a core at the end of a run") : "";

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
