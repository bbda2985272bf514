using System.Diagnostics;
using System.Globalization;
using AutoGraph.Torch.Training;
using MathNet.Numerics.Statistics;

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
                using var graph = new TrainingStep(batch, backbone, graph: true);
                var (bareTimes, plainTimes, graphTimes) = (new double[steps], new double[steps], new double[steps]);
                for (int step = -WarmUp; step < steps; step++)
                {
                    double first = Time(bare.Step), second = Time(plain.Step), third = Time(graph.Step);
                    if (step >= 0) (bareTimes[step], plainTimes[step], graphTimes[step]) = (first, second, third);
                }
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"batch {batch,4} {backbone,-10}: bare {Text(bareTimes)}, plain {Text(plainTimes)} {Ratio(plainTimes)}, AutoGraph {Text(graphTimes)} {Ratio(graphTimes)}"));

                string Ratio(double[] times) => string.Create(CultureInfo.InvariantCulture, $"= {times.Min() / bareTimes.Min():F2} ({times.Median() / bareTimes.Median():F2}) x bare");
            }
    }

    private static string Text(double[] times) => string.Create(CultureInfo.InvariantCulture, $"{times.Min(),6:F1} ({times.Median(),6:F1})");

    /// <summary>Milliseconds of one step.</summary>
    internal static double Time(Action step)
    {
        long start = Stopwatch.GetTimestamp();
        step();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
