using System.Globalization;
using MathNet.Numerics.Statistics;

namespace AutoGraph.Core.Evaluation;

/// <summary>One method trained and tested under several seeds: mean and spread of its figures, and whether it beats another method.</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
/// <example>
/// <code>
/// var plain = SeedRuns.Run([1, 2, 3], seed => autoGraph.Evaluate(Plain(seed).Fit(train), test).SeenKept);
/// var graph = SeedRuns.Run([1, 2, 3], seed => autoGraph.Evaluate(WithGraph(seed).Fit(train), test).SeenKept);
/// Console.WriteLine(graph.ComparedWith(plain, RankingMetric.Ndcg));
/// </code>
/// </example>
public sealed class SeedRuns
{
    private SeedRuns(int[] seeds, RankingResult[] results) => (Seeds, Results) = (seeds, results);

    /// <summary>The seeds, in the order run.</summary>
    public IReadOnlyList<int> Seeds { get; }

    /// <summary>The result of each seed.</summary>
    public IReadOnlyList<RankingResult> Results { get; }

    /// <summary>Runs a method once per seed, one after the other.</summary>
    /// <param name="seeds">Distinct seeds, at least one.</param>
    /// <param name="run">Trains with a seed and tests.</param>
    /// <param name="cancellationToken">Stops between two seeds.</param>
    /// <exception cref="ArgumentException">There is no seed, or one occurs twice.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static SeedRuns Run(IReadOnlyList<int> seeds, Func<int, RankingResult> run, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(seeds);
        ArgumentNullException.ThrowIfNull(run);
        int[] all = [.. seeds];
        if (all.Length == 0 || all.Distinct().Count() != all.Length)
            throw new ArgumentException($"Expected distinct seeds, found {(all.Length == 0 ? "none" : string.Join(", ", all))}.", nameof(seeds));
        var results = new RankingResult[all.Length];
        for (int i = 0; i < all.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            results[i] = run(all[i]);
        }
        return new SeedRuns(all, results);
    }

    /// <summary>A figure's mean over the seeds and its standard deviation among them (with n − 1; NaN for one seed).</summary>
    public (double Mean, double Deviation) Spread(RankingMetric metric)
    {
        var (mean, deviation) = Results.Select(result => result.Average[metric]).MeanStandardDeviation();
        return (mean, deviation);
    }

    /// <summary>Whether this method beats another one, trained under the same seeds and tested on the same queries.</summary>
    /// <inheritdoc cref="PairedComparison.Compare(IReadOnlyList{RankingResult}, IReadOnlyList{RankingResult}, RankingMetric, int, int)"/>
    /// <exception cref="ArgumentException">The seeds differ, or the results do in protocol, cut-off or candidates.</exception>
    public PairedComparison ComparedWith(SeedRuns baseline, RankingMetric metric, int resamples = 10_000, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(baseline);
        if (!baseline.Seeds.SequenceEqual(Seeds))
            throw new ArgumentException($"Expected both methods under the same seeds, found {string.Join(", ", baseline.Seeds)} and {string.Join(", ", Seeds)}.", nameof(baseline));
        return PairedComparison.Compare(baseline.Results, Results, metric, resamples, seed);
    }

    /// <summary>Mean and spread of the four figures of the paper, with protocol and number of seeds.</summary>
    public override string ToString()
    {
        int k = Results[0].Cutoff;
        (string Name, RankingMetric Metric)[] figures = [($"NDCG@{k}", RankingMetric.Ndcg), ($"HR@{k}", RankingMetric.HitRate), ("MRR", RankingMetric.ReciprocalRank), ("GAUC", RankingMetric.GroupedAuc)];
        return string.Join(", ", figures.Select(figure => string.Create(CultureInfo.InvariantCulture, $"{figure.Name} {Spread(figure.Metric).Mean:F4} ± {Spread(figure.Metric).Deviation:F4}")))
            + string.Create(CultureInfo.InvariantCulture, $" ({Results[0].Protocol}; {Seeds.Count} seeds)");
    }
}
