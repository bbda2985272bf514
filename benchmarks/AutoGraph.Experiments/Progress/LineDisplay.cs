using AutoGraph.Torch.Training;

namespace AutoGraph.Experiments;

/// <summary>Plain lines, for files and other programs.</summary>
internal sealed class LineDisplay(TextWriter target) : RunDisplay
{
    public override void Say(string line) => target.WriteLine(line);

    public override void Begin(string run, int number, int count, TimeSpan? left) =>
        target.WriteLine($"[{number}/{count}] {run}{(left is { } time ? $"; {Time(time)} left" : "")}");

    public override void Report(TrainingProgress value) => target.WriteLine(Line(value));
}
