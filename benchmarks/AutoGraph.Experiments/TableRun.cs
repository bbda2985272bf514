using System.Diagnostics;
using System.Globalization;

namespace AutoGraph.Experiments;

/// <summary>Does the runs of a table that have no result yet. A run that was killed goes on from its last epoch.</summary>
internal static class TableRun
{
    /// <summary>Epochs that a run is expected to take, before any has ended.</summary>
    private const int ExpectedEpochs = 30;

    public static async Task ExecuteAsync(TablePlan plan, CancellationToken cancellationToken)
    {
        plan.Folder.Create();
        var missing = plan.Runs.Where(run => plan.ResultOf(run.Backbone, run.Method, run.Seed) is null).ToList();
        Console.Error.WriteLine($"{missing.Count} of {plan.Runs.Count()} runs to do");
        var seconds = new Dictionary<(Backbone, string), double>();
        foreach (var kind in missing.Select(run => (run.Backbone, run.Method)).Distinct())
            seconds[(kind.Backbone, kind.Method.Name)] = await ExpectedSecondsAsync(plan, kind.Backbone, kind.Method, cancellationToken);
        double left = missing.Sum(run => seconds[(run.Backbone, run.Method.Name)]);
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"projected: {left / 3600:F1} hours"));
        foreach (var (backbone, method, seed) in missing)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{RunCommand.Name(backbone)}, {method.Name}, seed {seed}; {left / 3600:F1} hours left"));
            var clock = Stopwatch.StartNew();
            if (await Run.ExecuteAsync(plan.OptionsOf(backbone, method, seed), cancellationToken) != 0)
                throw new InvalidOperationException($"The run of {method.Name} on {RunCommand.Name(backbone)} with seed {seed} ended with the message above. Mend what it names and start the table again; what is done is kept.");
            left -= seconds[(backbone, method.Name)];
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {clock.Elapsed.TotalSeconds:F0} s"));
        }
    }

    /// <summary>What a run of a kind takes: as long as one that has ended, or what one epoch says.</summary>
    private static async Task<double> ExpectedSecondsAsync(TablePlan plan, Backbone backbone, TableMethod method, CancellationToken cancellationToken)
    {
        var done = plan.Seeds.Select(seed => plan.ResultOf(backbone, method, seed)).FirstOrDefault(result => result is not null);
        if (done is not null) return Total(done, done.Epochs);
        var trial = await Run.TrainAndTestAsync(plan.OptionsOf(backbone, method, plan.Seeds[0]) with { Epochs = 1, ValidationOnly = true, Resume = null }, cancellationToken);
        return Total(trial, Math.Min(ExpectedEpochs, plan.Options.Epochs));
    }

    private static double Total(RunResult result, int epochs) => result.SemanticSeconds + result.QuantizeSeconds + epochs * result.SecondsPerEpoch + result.TestSeconds;
}
