namespace AutoGraph.Torch.Kernels;

/// <summary>
/// Runs a range in contiguous parts on several threads. Every index is computed by one thread alone,
/// so results do not depend on the number of threads.
/// </summary>
internal static class CpuLoop
{
    /// <summary>Below this many units of work a second thread costs more than it brings (measured: about 20 µs to start it).</summary>
    private const long WorkPerThread = 100_000;

    /// <summary>Threads at most.</summary>
    public static int Threads { get; set; } = Environment.ProcessorCount;

    /// <param name="count">Indices 0..count-1.</param>
    /// <param name="work">Work in all, in multiply-adds or the like.</param>
    /// <param name="body">Called with disjoint ranges [from, to).</param>
    public static void Run(int count, long work, Action<int, int> body)
    {
        int threads = (int)Math.Clamp(work / WorkPerThread, 1, Math.Min(Threads, Math.Max(1, count)));
        if (threads == 1) { body(0, count); return; }
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads },
            part => body((int)((long)count * part / threads), (int)((long)count * (part + 1) / threads)));
    }
}
