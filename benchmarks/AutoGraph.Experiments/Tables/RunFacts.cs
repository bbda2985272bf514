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
                ("Training", Each(result => string.Create(CultureInfo.InvariantCulture, $"batch {result.Batch}, learning rate {result.LearningRate}, weight decay {result.WeightDecay?.ToString(CultureInfo.InvariantCulture) ?? "not stored"}{(result.EmbeddingDecay is { } decay ? string.Create(CultureInfo.InvariantCulture, $" (embeddings {decay})") : "")}, {result.Loss} with {result.NegativeCount} {result.Negatives} negatives, patience {result.Patience}, users who train {result.TrainUsers:P0}, earlier positives of a sample {result.MinHistory}"))),
                ("Graph", Each(result => string.Create(CultureInfo.InvariantCulture, $"{result.UserNeighbors} {result.Neighbors} neighbours, {result.SemanticPaths} semantic paths{(result.EnhancedHistory ? ", history with graph and content fields" : "")}{(result.UserContent ? ", users' own vectors as content" : "")}"))),
                ("Threads", Each(result => Text(result.Threads))),
                ("Times", string.Create(CultureInfo.InvariantCulture, $"{results.Sum(result => result.TotalSeconds ?? result.Epochs * result.SecondsPerEpoch) / 3600:F2} hours in all, {results.Min(result => result.SecondsPerEpoch):F1} to {results.Max(result => result.SecondsPerEpoch):F1} s an epoch, peak memory {results.Max(result => result.PeakMemoryMiB):N0} MiB{Load(results)}")),
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

    private static string Load(IReadOnlyCollection<RunResult> results) => results.Max(result => result.Load) is { } load
        ? string.Create(CultureInfo.InvariantCulture, $", up to {load:F0} processes wanting a core at the end of a run") : "";

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
