using AutoGraph.Torch.Training;

namespace AutoGraph.Torch.Tests.Training;

/// <summary>Reports as they come, in the thread that sends them.</summary>
internal sealed class Sink(Action<TrainingProgress> receive) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value) => receive(value);
}
