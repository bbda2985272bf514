using AutoGraph.Torch.Training;

namespace Quickstart;

/// <summary>Progress on one line of the terminal.</summary>
internal sealed class Line : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value)
    {
        string text = $"{value.Stage}: epoch {value.Epoch}/{value.Epochs}, loss {value.Loss:F3}{(value.Validation is { } ndcg ? $", validation NDCG@10 {ndcg:F4}" : "")}, {value.Elapsed.TotalSeconds:F0} s";
        if (!Console.IsErrorRedirected) Console.Error.Write($"\r{text,-100}");
        else if (value.Epoch % 10 == 0) Console.Error.WriteLine(text);
    }
}
