using AutoGraph.Core.Evaluation;
using AutoGraph.Core.Randomness;
using MathNet.Numerics.Statistics;

namespace AutoGraph.Experiments;

/// <summary>Revenue per thousand impressions of two groups of users, and how far they differ.</summary>
/// <param name="Control">RPM of the control group.</param>
/// <param name="Treatment">RPM of the other.</param>
/// <param name="Relative">Treatment / control − 1.</param>
/// <param name="Lower">Lower end of the 95 % interval of <paramref name="Relative"/>.</param>
/// <param name="Upper">Upper end.</param>
internal sealed record ArmComparison(double Control, double Treatment, double Relative, double Lower, double Upper)
{
    private const double Tail = 0.025;

    /// <summary>Whether the interval excludes no difference.</summary>
    public bool IsClear => Lower > 0 || Upper < 0;

    /// <summary>RPM = 1,000 · Σ revenue / Σ impressions of a group; the interval is the percentile bootstrap over users, each group resampled for itself.</summary>
    /// <param name="control">Users of the control group with what they did under its model.</param>
    /// <param name="treatment">Users of the other group with what they did under theirs.</param>
    /// <param name="resamples">Bootstrap resamples.</param>
    /// <param name="seed">Seed of the bootstrap.</param>
    public static ArmComparison Of((IReadOnlyList<int> Users, Visits Visits) control, (IReadOnlyList<int> Users, Visits Visits) treatment, int resamples, int seed)
    {
        double[][] a = Means(control, resamples, seed), b = Means(treatment, resamples, seed + 1);
        double[] relative = [.. Enumerable.Range(0, resamples).Select(i => b[0][i] / b[1][i] / (a[0][i] / a[1][i]) - 1).Order()];
        double controlRpm = Rpm(control), treatmentRpm = Rpm(treatment);
        return new(controlRpm, treatmentRpm, treatmentRpm / controlRpm - 1, SortedArrayStatistics.Quantile(relative, Tail), SortedArrayStatistics.Quantile(relative, 1 - Tail));
    }

    /// <summary>Two groups of users of equal size, drawn.</summary>
    public static (int[] First, int[] Second) Split(IReadOnlyList<int> users, int seed, string purpose, int number = 0)
    {
        int[] order = [.. users];
        RandomStream.For(seed, purpose, number).Shuffle(order);
        return (order[..(order.Length / 2)], order[(order.Length / 2)..]);
    }

    private static double Rpm((IReadOnlyList<int> Users, Visits Visits) group) =>
        1000 * group.Users.Sum(user => group.Visits.Revenue[user]) / group.Users.Sum(user => (double)group.Visits.Impressions[user]);

    // revenue and impressions of the same resamples: the streams depend on seed and resample alone
    private static double[][] Means((IReadOnlyList<int> Users, Visits Visits) group, int resamples, int seed) =>
    [
        Bootstrap.Means([.. group.Users.Select(user => group.Visits.Revenue[user])], resamples, seed),
        Bootstrap.Means([.. group.Users.Select(user => (double)group.Visits.Impressions[user])], resamples, seed),
    ];
}
