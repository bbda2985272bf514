using System.Globalization;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace AutoGraph.Core.Evaluation;

/// <summary>Whether one method beats another over the same users and seeds (paper §4.1.2).</summary>
/// <remarks>
/// d_u = mean over seeds of the per-user difference, other − baseline; of a user with several rows the mean of their figures counts. The interval is the percentile bootstrap over users;
/// the t-test is the paired one over d_u. A lift counts where the interval excludes zero and every seed's mean shares its sign.
/// Immutable; safe for concurrent use.
/// </remarks>
public sealed record PairedComparison
{
    private const double Tail = 0.025;

    private PairedComparison() { }

    /// <summary>Number of users compared.</summary>
    public required int Users { get; init; }

    /// <summary>Mean of d_u over users.</summary>
    public required double Difference { get; init; }

    /// <summary>Lower end of the 95 % interval.</summary>
    public required double Lower { get; init; }

    /// <summary>Upper end of the 95 % interval.</summary>
    public required double Upper { get; init; }

    /// <summary>Mean difference of each seed.</summary>
    public required IReadOnlyList<double> SeedDifferences { get; init; }

    /// <summary>Whether every seed's mean difference has the same sign and none is zero.</summary>
    public bool SeedsAgree => SeedDifferences.All(d => d > 0) || SeedDifferences.All(d => d < 0);

    /// <summary>Whether the interval excludes zero and the seeds agree.</summary>
    public bool IsClear => SeedsAgree && (Lower > 0 || Upper < 0);

    /// <summary>t of the paired test over users, U − 1 degrees of freedom; infinite where all d_u are equal and not zero.</summary>
    public required double TStatistic { get; init; }

    /// <summary>Two-sided p of the paired t-test.</summary>
    public required double PValue { get; init; }

    /// <summary>Compares one figure of two methods, the results of each listed in the same order of seeds.</summary>
    /// <param name="baseline">One result per seed.</param>
    /// <param name="other">As many results over the same queries under the same protocol.</param>
    /// <param name="metric">The figure.</param>
    /// <param name="resamples">Bootstrap resamples, at least 100. Default 10,000.</param>
    /// <param name="seed">Seed of the bootstrap. Default 0.</param>
    /// <exception cref="ArgumentException">The results differ in number, protocol, cut-off, rows or candidates.</exception>
    public static PairedComparison Compare(IReadOnlyList<RankingResult> baseline, IReadOnlyList<RankingResult> other, RankingMetric metric, int resamples = 10_000, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(baseline);
        ArgumentNullException.ThrowIfNull(other);
        if (baseline.Count == 0) throw new ArgumentException("Expected a result per seed of both methods, found none.", nameof(baseline));
        foreach (var result in baseline.Concat(other))
        {
            if (result.Protocol != baseline[0].Protocol || result.Cutoff != baseline[0].Cutoff)
                throw new ArgumentException($"Expected results of one protocol, found '{baseline[0].Protocol}' at {baseline[0].Cutoff} and '{result.Protocol}' at {result.Cutoff}.");
            if (!result.IsOfSameQueries(baseline[0]))
                throw new ArgumentException("Expected results over the same queries in the same order, found other rows or other numbers of candidates. Evaluate both methods on one split.");
        }
        int[][] users = baseline[0].PlacesByUser();
        return Compare([.. baseline.Select(ByUser)], [.. other.Select(ByUser)], resamples, seed);

        double[] ByUser(RankingResult result) => result.Values(metric) is var values && users.Length == values.Length ? values : [.. users.Select(own => own.Average(place => values[place]))];
    }

    /// <summary>Compares two methods by figures per user: [seed][user], users in the same order throughout.</summary>
    /// <inheritdoc cref="Compare(IReadOnlyList{RankingResult}, IReadOnlyList{RankingResult}, RankingMetric, int, int)"/>
    public static PairedComparison Compare(IReadOnlyList<double[]> baseline, IReadOnlyList<double[]> other, int resamples = 10_000, int seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 100);
        var differences = Differences(baseline, other);
        int users = differences[0].Length;
        var perUser = new double[users];
        for (int user = 0; user < users; user++) perUser[user] = differences.Average(d => d[user]);

        // all alike: no spread, where the rounding of a mean would leave some
        bool isConstant = Array.TrueForAll(perUser, d => d == perUser[0]);
        double mean = isConstant ? perUser[0] : perUser.Mean(), error = isConstant ? 0 : perUser.StandardDeviation() / Math.Sqrt(users);
        double t = mean == 0 ? 0 : mean / error;
        var means = Bootstrap.Means(perUser, resamples, seed);
        Array.Sort(means);
        return new PairedComparison
        {
            Users = users,
            Difference = mean,
            Lower = SortedArrayStatistics.Quantile(means, Tail),
            Upper = SortedArrayStatistics.Quantile(means, 1 - Tail),
            SeedDifferences = [.. differences.Select(d => d.Mean())],
            TStatistic = t,
            PValue = double.IsInfinity(t) ? 0 : 2 * StudentT.CDF(0, 1, users - 1, -Math.Abs(t)),
        };
    }

    /// <summary>Difference, interval, agreement of seeds and t-test on one line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Difference:+0.0000;-0.0000;0.0000} [{Lower:+0.0000;-0.0000;0.0000}, {Upper:+0.0000;-0.0000;0.0000}] over {Users:N0} users and {SeedDifferences.Count} seeds ({(SeedsAgree ? "all of one sign" : "signs differ")}); t = {TStatistic:F2}, p = {PValue:G2}");

    // [seed][user]
    private static double[][] Differences(IReadOnlyList<double[]> baseline, IReadOnlyList<double[]> other)
    {
        ArgumentNullException.ThrowIfNull(baseline);
        ArgumentNullException.ThrowIfNull(other);
        if (baseline.Count == 0 || baseline.Count != other.Count)
            throw new ArgumentException($"Expected as many seeds of both methods and at least one, found {baseline.Count} and {other.Count}.");
        int users = baseline[0].Length;
        if (users < 2) throw new ArgumentException($"Expected at least two users, found {users}.");
        if (baseline.Concat(other).FirstOrDefault(values => values.Length != users) is { } wrong)
            throw new ArgumentException($"Expected figures of {users} users in every run, found {wrong.Length}.");
        if (baseline.Concat(other).Any(values => !values.All(double.IsFinite)))
            throw new ArgumentException("Expected finite figures, found NaN or infinity.");
        return [.. baseline.Zip(other, (a, b) => a.Zip(b, (x, y) => y - x).ToArray())];
    }
}
