namespace AutoGraph.Experiments;

/// <summary>One simulated online test.</summary>
/// <param name="Seed">Seed of training, of the split of users and of clicks.</param>
/// <param name="Users">Users of the control and of the treatment group.</param>
/// <param name="Measured">What the test measured: treatment against control, each user served by one model.</param>
/// <param name="SameModel">The A/A check: two halves of the control group, both served by its model.</param>
/// <param name="FalseAlarms">Part of further A/A splits whose interval excludes no difference; about .05 where intervals are right.</param>
/// <param name="Truth">What only a simulation knows: expected revenue of all users under the treatment / under the control − 1.</param>
/// <param name="ControlClicks">Clicks per impression of the control group.</param>
/// <param name="TreatmentClicks">Clicks per impression of the treatment group.</param>
internal sealed record OnlineTest(int Seed, int[] Users, ArmComparison Measured, ArmComparison SameModel, double FalseAlarms, double Truth, double ControlClicks, double TreatmentClicks)
{
    private const int Resamples = 10_000, CheckResamples = 1_000;

    /// <summary>Splits the users and compares.</summary>
    /// <param name="control">What all users would do under the control's model.</param>
    /// <param name="treatment">What they would do under the other.</param>
    /// <param name="seed">Seed of splits and intervals.</param>
    /// <param name="splits">A/A splits.</param>
    public static OnlineTest Of(Visits control, Visits treatment, int seed, int splits)
    {
        var (a, b) = ArmComparison.Split([.. Enumerable.Range(0, control.Impressions.Length)], seed, "arms");
        var (first, second) = ArmComparison.Split(a, seed, "A/A");
        int alarms = Enumerable.Range(1, splits).Count(split =>
        {
            var halves = ArmComparison.Split(a, seed, "A/A", split);
            return ArmComparison.Of((halves.First, control), (halves.Second, control), CheckResamples, seed + split).IsClear;
        });
        return new(seed, [a.Length, b.Length], ArmComparison.Of((a, control), (b, treatment), Resamples, seed), ArmComparison.Of((first, control), (second, control), Resamples, seed), (double)alarms / splits,
            Expected(treatment) / Expected(control) - 1, Clicks(control, a), Clicks(treatment, b));
    }

    private static double Expected(Visits visits) => visits.Expected.Sum() / visits.Impressions.Sum(shown => (double)shown);

    private static double Clicks(Visits visits, int[] users) => (double)users.Sum(user => visits.Clicks[user]) / users.Sum(user => visits.Impressions[user]);
}
