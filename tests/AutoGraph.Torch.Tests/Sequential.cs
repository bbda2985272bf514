using AutoGraph.Torch.Kernels;
using Xunit;

namespace AutoGraph.Torch.Tests;

/// <summary>Tests that set or read something of the whole process (threads, live tensors) run one after the other.</summary>
[CollectionDefinition(nameof(Sequential), DisableParallelization = true)]
public class Sequential;

internal static class Threads
{
    /// <summary>Runs with that many kernel threads.</summary>
    public static T With<T>(int threads, Func<T> body)
    {
        int before = CpuLoop.Threads;
        CpuLoop.Threads = threads;
        try { return body(); }
        finally { CpuLoop.Threads = before; }
    }
}
