using System.Globalization;
using AutoGraph.Torch.Training;
using Microsoft.ML.Runtime;

namespace AutoGraph;

/// <summary>Sends each epoch to <c>mlContext.Log</c> as it ends, and on to whom the options name.</summary>
internal sealed class LoggedProgress(IHostEnvironment environment, string source, IProgress<TrainingProgress>? next) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value)
    {
        string validation = value.Validation is { } figure ? string.Create(CultureInfo.InvariantCulture, $", validation NDCG@10 {figure:F4}") : "";
        environment.Log(source, [string.Create(CultureInfo.InvariantCulture, $"{value.Stage} {value.Epoch}/{value.Epochs}: loss {value.Loss:F4}{validation}, {value.Elapsed.TotalSeconds:F1} s so far")]);
        next?.Report(value);
    }
}
