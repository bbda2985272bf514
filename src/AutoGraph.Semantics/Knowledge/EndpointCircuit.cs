namespace AutoGraph.Semantics.Knowledge;

/// <summary>Stops a run whose endpoint is down: opens for good after so many failures in a row, none between them successful.</summary>
/// <remarks>
/// Polly's circuit breaker goes by the share of failures within a time window; here only an unbroken row of failures counts,
/// whatever their speed, and the circuit belongs to one run. A call that the endpoint failed is a failure; of calls that failed because of their row (an empty
/// answer, a request that is refused as such) all those of one row together are one, or a bad row alone could stop the run. Safe for concurrent use.
/// </remarks>
internal sealed class EndpointCircuit(int threshold, CancellationToken run) : IDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(run);
    private int _consecutive;

    /// <summary>Cancelled when the circuit opens or the run is cancelled: for waiting between calls, not for calls in flight.</summary>
    public CancellationToken Stop => _stop.Token;

    public bool IsOpen { get; private set; }

    public void Succeeded() => Volatile.Write(ref _consecutive, 0);

    public void Failed()
    {
        if (Interlocked.Increment(ref _consecutive) != threshold) return;
        IsOpen = true;
        _stop.Cancel();
    }

    public void Dispose() => _stop.Dispose();
}
