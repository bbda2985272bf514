using AutoGraph.Torch.Training;
using Spectre.Console;

namespace AutoGraph.Experiments;

/// <summary>Tells a person how far a command is: per run, per epoch, and how long it will go on.</summary>
internal abstract class RunDisplay : IProgress<TrainingProgress>
{
    /// <summary>A line that stays.</summary>
    public abstract void Say(string line);

    /// <summary>A run begins.</summary>
    /// <param name="run">What it is.</param>
    /// <param name="number">Which of the runs to do, from 1.</param>
    /// <param name="count">Runs to do.</param>
    /// <param name="left">Time that it and the runs after it will take, or null where nobody knows.</param>
    public abstract void Begin(string run, int number, int count, TimeSpan? left);

    /// <summary>An epoch has ended.</summary>
    public abstract void Report(TrainingProgress value);

    /// <summary>Bars on a terminal, lines where standard error goes elsewhere.</summary>
    public static Task<int> ShowAsync(Func<RunDisplay, Task<int>> work) => Console.IsErrorRedirected
        ? work(new LineDisplay(Console.Error))
        : BarDisplay.ShowAsync(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }), work);

    /// <summary>"2.3 hours", "40 minutes" or "30 seconds".</summary>
    internal static string Time(TimeSpan time) => time switch
    {
        { TotalMinutes: >= 90 } => FormattableString.Invariant($"{time.TotalHours:F1} hours"),
        { TotalSeconds: >= 90 } => FormattableString.Invariant($"{time.TotalMinutes:F0} minutes"),
        _ => FormattableString.Invariant($"{time.TotalSeconds:F0} seconds"),
    };

    /// <summary>Where an epoch stands, on one line.</summary>
    protected static string Line(TrainingProgress value) => FormattableString.Invariant($"{value.Stage} {value.Epoch}/{value.Epochs}: loss {value.Loss:F4}")
        + (value.Validation is { } validation ? FormattableString.Invariant($", validation NDCG@10 {validation:F4}") : "") + FormattableString.Invariant($", {value.Elapsed.TotalSeconds:F0} s");
}
