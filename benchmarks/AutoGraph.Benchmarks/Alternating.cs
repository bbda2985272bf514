using System.Diagnostics;
using System.Globalization;
using AutoGraph.Torch.Training;

namespace AutoGraph.Benchmarks;

/// <summary>
/// Steps of a backbone and of its bare loop in turn: on a machine with other work both suffer alike, and the fastest steps
/// compare. For a machine of one's own <see cref="BackboneStepBenchmark"/> is more exact.
/// </summary>
internal static class Alternating
{
    private const int WarmUp = 3;

    /// <summary>Prints a line per backbone and batch size.</summary>
    /// <param name="steps">Steps of each that are timed.</param>
    /// <param name="threads">CPU threads.</param>
    public static void Run(int steps, int threads)
    {
        ComputeThreads.Count = threads;
        Console.WriteLine($"ms a step with {threads} threads: fastest (median) of {steps}");
        foreach (int batch in (int[])[256, 1024])
            foreach (var backbone in Enum.GetValues<Backbone>())
            {
                using var bare = new BareLoop(batch, backbone);
                using var plain = new TrainingStep(batch, backbone, graph: false);
                var (bareTimes, plainTimes) = (new double[steps], new double[steps]);
                for (int step = -WarmUp; step < steps; step++)
                {
                    double first = Time(bare.Step), second = Time(plain.Step);
                    if (step >= 0) (bareTimes[step], plainTimes[step]) = (first, second);
                }
                Array.Sort(bareTimes);
                Array.Sort(plainTimes);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"batch {batch,4} {backbone,-10}: bare {bareTimes[0],6:F1} ({bareTimes[steps / 2],6:F1}), ours {plainTimes[0],6:F1} ({plainTimes[steps / 2],6:F1}), ratio {plainTimes[0] / bareTimes[0]:F2} ({plainTimes[steps / 2] / bareTimes[steps / 2]:F2})"));
            }
    }

    /// <summary>Milliseconds of one step.</summary>
    internal static double Time(Action step)
    {
        long start = Stopwatch.GetTimestamp();
        step();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
