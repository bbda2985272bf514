using System.Diagnostics;
using System.Globalization;
using AutoGraph.Torch.Training;

namespace AutoGraph.Benchmarks;

/// <summary>
/// Quantizers and their baselines in turn, for a machine with other work: the median of the ratios of neighbours, and what memory
/// each takes at most. For a machine of one's own <see cref="QuantizerBenchmark"/> is more exact.
/// </summary>
internal static class AlternatingQuantizers
{
    /// <param name="rounds">Timed runs of each.</param>
    /// <param name="threads">CPU threads.</param>
    public static void Run(int rounds, int threads)
    {
        ComputeThreads.Count = threads;
        Console.WriteLine($"{rounds} rounds with {threads} threads; ms: fastest (median)");
        foreach (var work in Enum.GetValues<QuantizerWork>())
        {
            using var pair = QuantizerPair.Of(work);
            pair.Ours();
            long ourMemory = MemoryPeak.Of(pair.Ours);          // before the baseline has grown the heap
            pair.Baseline();
            long baseMemory = MemoryPeak.Of(pair.Baseline);
            var (ours, bare, ratios) = (new double[rounds], new double[rounds], new double[rounds]);
            for (int round = 0; round < rounds; round++)
                ratios[round] = (bare[round] = Time(pair.Baseline)) / (ours[round] = Time(pair.Ours));
            Array.Sort(ours);
            Array.Sort(bare);
            Array.Sort(ratios);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{work,-12} baseline {bare[0],7:F0} ({bare[rounds / 2],7:F0}), ours {ours[0],7:F0} ({ours[rounds / 2],7:F0}), baseline / ours {ratios[rounds / 2]:F2}{(pair.Goal is { } goal ? $" (goal {goal})" : "")}, extra memory {baseMemory >> 20} MB against {ourMemory >> 20} MB"));
        }
    }

    private static double Time(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
