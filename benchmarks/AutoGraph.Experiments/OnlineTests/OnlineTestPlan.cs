using System.Globalization;

namespace AutoGraph.Experiments;

/// <summary>The simulated tests of a command, one per seed.</summary>
/// <param name="Options">World, backbone and training, alike for both groups.</param>
/// <param name="Control">Method of the control group.</param>
/// <param name="Treatment">Method of the other group.</param>
/// <param name="Test">Days, slots, splits.</param>
internal sealed record OnlineTestPlan(RunOptions Options, TableMethod Control, TableMethod Treatment, OnlineTestOptions Test)
{
    /// <summary>What a test depends on beside its seed.</summary>
    public string Settings => string.Create(CultureInfo.InvariantCulture,
        $"{Control.Name} against {Treatment.Name}; {Test.Days} days, {Test.Slots} slots, {Test.Splits} A/A splits; {RunSettings.Of(Options)}");

    /// <summary>All tests, in the order of the seeds; null where only a report was asked for and a test has not run.</summary>
    public async Task<IReadOnlyList<(int Seed, OnlineTest? Test)>> RunAsync(PlanInput input, CancellationToken cancellationToken)
    {
        List<(int, OnlineTest?)> tests = [];
        double? seconds = null;
        foreach (var (i, seed) in input.Seeds.Index())
            tests.Add((seed, await input.Results.GetAsync($"ab-{seed}", Settings, async () =>
            {
                bool first = seconds is null;
                double each = seconds ??= await SecondsAsync(seed, cancellationToken);
                var left = TimeSpan.FromSeconds(each * (input.Seeds.Count - i));
                if (first) Options.Display.Say(string.Create(CultureInfo.InvariantCulture, $"projected: {left.TotalHours:F1} hours"));
                Options.Display.Begin($"{Control.Name} and {Treatment.Name}, seed {seed}", i + 1, input.Seeds.Count, left);
                return OnlineTest.Of(await VisitsAsync(Control, seed, cancellationToken), await VisitsAsync(Treatment, seed, cancellationToken), seed, Test.Splits);
            })));
        return tests;
    }

    /// <summary>Both methods train for an epoch.</summary>
    private async Task<double> SecondsAsync(int seed, CancellationToken cancellationToken)
    {
        double seconds = 0;
        foreach (var method in new[] { Control, Treatment })
        {
            var options = method.Apply(Options) with { Seed = seed };
            seconds += (await RunTiming.MeasureAsync(options, cancellationToken)).Expected(options);
        }
        return seconds;
    }

    private async Task<Visits> VisitsAsync(TableMethod method, int seed, CancellationToken cancellationToken)
    {
        var trained = await Run.TrainAsync(method.Apply(Options) with { Seed = seed }, cancellationToken);
        return new ShopSimulation(trained.Model, trained.Data, Test, seed).Run();
    }
}
