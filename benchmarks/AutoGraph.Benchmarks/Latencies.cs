using System.Diagnostics;
using System.Globalization;

namespace AutoGraph.Benchmarks;

/// <summary>Milliseconds of single calls, and how many ended within the time of all of them.</summary>
internal sealed class Latencies
{
    private readonly double[] _sorted;

    private Latencies(double[] sorted, double perSecond, double computing) => (_sorted, PerSecond, Computing) = (sorted, perSecond, computing);

    internal double Median => _sorted[_sorted.Length / 2];

    internal double Fastest => _sorted[0];

    internal double P99 => _sorted[_sorted.Length * 99 / 100];

    internal double PerSecond { get; }

    /// <summary>Processor time of a call, the mean: without waiting for the disk or for other programs.</summary>
    internal double Computing { get; }

    /// <summary>Calls from as many threads, the first calls of each not counted.</summary>
    /// <param name="threads">Threads.</param>
    /// <param name="calls">Calls of each.</param>
    /// <param name="call">Gets the number of its thread.</param>
    internal static Latencies Of(int threads, int calls, Action<int> call)
    {
        var times = new double[threads * calls];
        var (start, busy) = (0L, TimeSpan.Zero);
        using var begin = new Barrier(threads, _ => (start, busy) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime));
        Thread[] all = [.. Enumerable.Range(0, threads).Select(thread => new Thread(() =>
        {
            for (int warm = 0; warm < 1 + calls / 10; warm++) call(thread);
            begin.SignalAndWait();
            for (int i = 0; i < calls; i++)
            {
                long before = Stopwatch.GetTimestamp();
                call(thread);
                times[thread * calls + i] = Stopwatch.GetElapsedTime(before).TotalMilliseconds;
            }
        }))];
        foreach (var thread in all) thread.Start();
        foreach (var thread in all) thread.Join();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double computing = (Environment.CpuUsage.TotalTime - busy).TotalMilliseconds / times.Length;
        Array.Sort(times);
        return new(times, times.Length / seconds, computing);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"p50 {Median,8:F3} ms, p99 {P99,8:F3}, fastest {Fastest,8:F3}, {PerSecond,9:F0} a second, computing {Computing,8:F3}");
}
