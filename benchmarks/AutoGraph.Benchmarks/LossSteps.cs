using System.Globalization;
using AutoGraph.Torch.Training;

namespace AutoGraph.Benchmarks;

/// <summary>Steps of the plain model under each loss with each source of negatives, in turn, for a machine with other work.</summary>
internal static class LossSteps
{
    private const int WarmUp = 3;

    /// <summary>Prints a line per combination, for YouTubeDNN at batch 1,024.</summary>
    /// <param name="steps">Steps of each that are timed.</param>
    /// <param name="threads">CPU threads.</param>
    public static void Run(int steps, int threads)
    {
        ComputeThreads.Count = threads;
        (RankingLoss Loss, NegativeSource Source, int Negatives)[] kinds =
        [
            (RankingLoss.SampledSoftmax, NegativeSource.Uniform, 50), (RankingLoss.SampledSoftmax, NegativeSource.Popularity, 50), (RankingLoss.SampledSoftmax, NegativeSource.SharedUniform, 1024),
            (RankingLoss.SampledSoftmax, NegativeSource.InBatch, 1023), (RankingLoss.Bpr, NegativeSource.Uniform, 50), (RankingLoss.BinaryCrossEntropy, NegativeSource.Uniform, 50),
            (RankingLoss.Bpr, NegativeSource.InBatch, 1023), (RankingLoss.FullSoftmax, NegativeSource.Uniform, 0),
        ];
        var times = kinds.Select(_ => new double[steps]).ToArray();
        var trained = kinds.Select(kind => new TrainingStep(new RecommenderOptions { BatchSize = 1024, Loss = kind.Loss, NegativeSource = kind.Source, Negatives = Math.Max(1, kind.Negatives) }, graph: false)).ToArray();
        for (int step = -WarmUp; step < steps; step++)
            for (int i = 0; i < kinds.Length; i++)
            {
                double time = Alternating.Time(trained[i].Step);
                if (step >= 0) times[i][step] = time;
            }
        Console.WriteLine($"ms a step of 1,024 samples with {threads} threads: fastest (median) of {steps}");
        foreach (var (kind, taken) in kinds.Zip(times))
        {
            Array.Sort(taken);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind.Loss,-18} {(kind.Negatives == 0 ? "all items" : $"{kind.Source} {kind.Negatives}"),-18} {taken[0],6:F1} ({taken[steps / 2],6:F1})"));
        }
        foreach (var step in trained) step.Dispose();
    }
}
