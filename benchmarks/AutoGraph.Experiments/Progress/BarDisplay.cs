using System.Diagnostics;
using AutoGraph.Torch.Training;
using Spectre.Console;

namespace AutoGraph.Experiments;

/// <summary>Two bars, runs and epochs, below the lines that stay.</summary>
internal sealed class BarDisplay : RunDisplay
{
    private readonly IAnsiConsole _console;
    private readonly ProgressTask _runs, _epochs;
    private readonly Stopwatch _run = new();
    private TimeSpan? _left;

    private BarDisplay(IAnsiConsole console, ProgressContext bars)
    {
        _console = console;
        _runs = bars.AddTask("runs");
        _epochs = bars.AddTask("epochs");
    }

    /// <summary>Shows the bars on a console while the work goes on.</summary>
    public static Task<int> ShowAsync(IAnsiConsole console, Func<RunDisplay, Task<int>> work) => console.Progress()
        .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new SpinnerColumn())
        .StartAsync(bars => work(new BarDisplay(console, bars)));

    public override void Say(string line) => _console.WriteLine(line);

    public override void Begin(string run, int number, int count, TimeSpan? left)
    {
        _left = left;
        _run.Restart();
        (_runs.MaxValue, _runs.Value) = (count, number - 1);
        _runs.Description = Markup.Escape($"run {number} of {count}: {run}{Left()}");
        (_epochs.Value, _epochs.Description) = (0, "preparing");
    }

    public override void Report(TrainingProgress value)
    {
        (_epochs.MaxValue, _epochs.Value) = (value.Epochs, value.Epoch);
        _epochs.Description = Markup.Escape(Line(value) + Left());
    }

    /// <summary>What was left when the run began, less what it has taken.</summary>
    private string Left() => _left is { } time ? $"; {Time(time > _run.Elapsed ? time - _run.Elapsed : TimeSpan.Zero)} left" : "";
}
