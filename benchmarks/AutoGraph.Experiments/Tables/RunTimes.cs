using System.Text.Json;
using AutoGraph.Core.Persistence;

namespace AutoGraph.Experiments;

/// <summary>What the runs of a table take: as long as the last one of their kind that has ended, otherwise what a single epoch says. Measured epochs are kept, so that a restart does not measure again.</summary>
internal sealed class RunTimes
{
    private readonly TablePlan _plan;
    private readonly string _file;
    private readonly Dictionary<string, double> _ended = [];
    private readonly Dictionary<string, RunTiming> _measured;

    public RunTimes(TablePlan plan)
    {
        (_plan, _file) = (plan, Path.Combine(plan.Folder.FullName, "times.json"));
        _measured = File.Exists(_file) ? JsonSerializer.Deserialize<Dictionary<string, RunTiming>>(File.ReadAllText(_file))! : [];
        foreach (var run in plan.Runs)
            if (plan.ResultOf(run) is { } result) Learn(run, result);
    }

    /// <summary>A run has ended.</summary>
    public void Learn(TableRunKey run, RunResult result) => _ended[KindOf(run)] = RunTiming.Of(result).Seconds(result.Epochs);

    /// <summary>Trains one epoch of every kind of which nothing is known. What is wrong with data or settings shows here, before hours are spent.</summary>
    public async Task MeasureAsync(IReadOnlyList<TableRunKey> runs, CancellationToken cancellationToken)
    {
        TableRunKey[] unknown = [.. runs.Where(run => !_ended.ContainsKey(KindOf(run)) && !_measured.ContainsKey(KindOf(run))).DistinctBy(KindOf)];
        for (int i = 0; i < unknown.Length; i++)
        {
            _plan.Options.Display.Begin($"one epoch of {unknown[i]}, to project", i + 1, unknown.Length, null);
            _measured[KindOf(unknown[i])] = await RunTiming.MeasureAsync(_plan.OptionsOf(unknown[i]), cancellationToken);
            AtomicFile.Write(_file, stream => JsonSerializer.Serialize(stream, _measured));
        }
    }

    /// <summary>Seconds that a run is expected to take.</summary>
    public double SecondsOf(TableRunKey run) =>
        _ended.TryGetValue(KindOf(run), out double seconds) ? seconds : _measured[KindOf(run)].Expected(_plan.Options);

    private static string KindOf(TableRunKey run) => $"{run.Dataset} {RunCommand.Name(run.Backbone)} {run.Method.Name}";
}
