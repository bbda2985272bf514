using Orleans.Runtime;
using Orleans.Runtime.Messaging;

namespace AutoGraph.Orleans;

/// <summary>Faults of calls to a cluster.</summary>
internal static class ClusterFaults
{
    /// <summary>Whether a call may succeed when silos or the storage come back. Orleans cancels calls that wait too long for a silo: that is none of the caller's own cancellation. A message above Orleans' limit stays above it.</summary>
    /// <param name="error">What the call threw.</param>
    /// <param name="stop">The caller's own cancellation.</param>
    internal static bool IsPassing(Exception error, CancellationToken stop) =>
        error is (OrleansException and not InvalidMessageFrameException) or TimeoutException or IOException || (error is OperationCanceledException && !stop.IsCancellationRequested);
}
