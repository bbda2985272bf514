namespace AutoGraph.Benchmarks;

/// <summary>Watches the resident memory of this process.</summary>
internal static class MemoryPeak
{
    /// <summary>The most that some work took above what was there before, in bytes, looked at every millisecond.</summary>
    public static long Of(Action work)
    {
        long before = Environment.WorkingSet, most = before;
        using var done = new ManualResetEventSlim();
        var watcher = new Thread(() =>
        {
            do most = Math.Max(most, Environment.WorkingSet);
            while (!done.Wait(1));
        });
        watcher.Start();
        work();
        most = Math.Max(most, Environment.WorkingSet);
        done.Set();
        watcher.Join();
        return most - before;
    }
}
