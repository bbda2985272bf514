using System.Globalization;

namespace AutoGraph.Experiments;

/// <summary>Does the runs of a table that have no result yet. A run that was killed goes on from its last epoch; one that fails does not keep the others from running.</summary>
internal static class TableRun
{
    /// <returns>How many runs failed.</returns>
    public static async Task<int> ExecuteAsync(TablePlan plan, bool resume, CancellationToken cancellationToken)
    {
        plan.Folder.Create();
        if (!resume) PutAside(plan);
        var display = plan.Options.Display;
        var missing = plan.Runs.Where(run => plan.ResultOf(run) is null).ToList();
        display.Say($"{missing.Count} of {plan.Runs.Count()} runs to do");
        var times = new RunTimes(plan);
        await times.MeasureAsync(missing, cancellationToken);
        display.Say($"projected: {Left(0).TotalHours.ToString("F1", CultureInfo.InvariantCulture)} hours");
        int failed = 0;
        for (int i = 0; i < missing.Count; i++)
        {
            display.Begin($"{missing[i]}", i + 1, missing.Count, Left(i));
            var options = plan.OptionsOf(missing[i]);
            try
            {
                var result = await Run.TrainAndTestAsync(options, cancellationToken);
                result.Write(options.Json!.FullName);
                times.Learn(missing[i], result);
            }
            catch (InvalidOperationException e)
            {
                failed++;
                display.Say($"{missing[i]} failed: {e.Message}");
            }
        }
        if (failed > 0) display.Say($"{failed} runs failed as told above; the same command tries them again.");
        return failed;

        TimeSpan Left(int first) => TimeSpan.FromSeconds(missing.Skip(first).Sum(times.SecondsOf));
    }

    private static void PutAside(TablePlan plan)
    {
        string aside = Path.Combine(plan.Folder.FullName, string.Create(CultureInfo.InvariantCulture, $"before-{DateTime.UtcNow:yyyyMMdd-HHmmss}"));
        foreach (var run in plan.Runs)
        {
            File.Delete(plan.OptionsOf(run).Resume!.FullName);
            if (!File.Exists(plan.FileOf(run))) continue;
            Directory.CreateDirectory(aside);
            File.Move(plan.FileOf(run), Path.Combine(aside, Path.GetFileName(plan.FileOf(run))));
        }
    }
}
