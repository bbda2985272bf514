using System.Globalization;
using AutoGraph.Core.Evaluation;

namespace AutoGraph.Experiments;

/// <summary>Test rows as runs ranked them. A row whose target is the only candidate was not ranked and has rank 0: with seen items left out, that of a user who has seen all others.</summary>
internal static class TestRows
{
    private const int Cutoff = 10;

    /// <summary>Places of the rows that every run ranked: what runs are compared by.</summary>
    /// <param name="runs">Runs with test ranks over the same rows.</param>
    /// <param name="masked">Whether seen items are left out.</param>
    /// <exception cref="InvalidDataException">The runs have other rows.</exception>
    public static int[] RankedByAll(IReadOnlyList<RunResult> runs, bool masked)
    {
        int rows = Ranks(runs[0], masked).Length;
        if (runs.FirstOrDefault(run => Ranks(run, masked).Length != rows) is { } other)
            throw new InvalidDataException($"Expected runs over {rows} test rows, found {Ranks(other, masked).Length} in that of {other.Enhance}, seed {other.Seed}. Run both on the same data with --resume false.");
        return [.. Enumerable.Range(0, rows).Where(row => runs.All(run => Ranks(run, masked)[row] > 0))];
    }

    /// <summary>A figure of each of these rows.</summary>
    public static double[] Values(RunResult run, IEnumerable<int> rows, RankingMetric metric, bool masked)
    {
        double[] ranks = Ranks(run, masked);
        int[] candidates = masked ? run.TestSeenMaskedCandidates! : run.TestCandidates!;
        return [.. rows.Select(row => RankingMetrics.Of(ranks[row], candidates[row], Cutoff)[metric])];
    }

    /// <summary>How many rows the runs left out, as a sentence; empty where they ranked all.</summary>
    public static string Skipped(IReadOnlyList<RunResult> runs)
    {
        RunResult[] tested = [.. runs.Where(run => run.TestRanks is not null)];
        var (kept, masked) = (Most(masked: false), Most(masked: true));
        return kept + masked == 0 ? ""
            : string.Create(CultureInfo.InvariantCulture, $"Left out of figures and differences, since the target was the only candidate: {kept:N0} of the test rows, {masked:N0} with seen items masked.");

        int Most(bool masked) => tested.Length == 0 ? 0 : tested.Max(run => Ranks(run, masked).Count(rank => rank <= 0));
    }

    private static double[] Ranks(RunResult run, bool masked) => masked ? run.TestSeenMaskedRanks! : run.TestRanks!;
}
