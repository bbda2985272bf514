using AutoGraph.Semantics.Costs;
using System.Collections.Concurrent;

namespace AutoGraph.Orleans.Knowledge;

/// <summary>The budget of one run that shares rate, calls in flight and money with all other silos.</summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class SharedLedger(IEndpointGrain endpoint) : ICallLedger
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(200);
    private readonly ConcurrentDictionary<decimal, ConcurrentBag<long>> _calls = new();
    private readonly ConcurrentDictionary<long, Task> _settling = new();
    private readonly Lock _gate = new();
    private volatile bool _isExhausted;
    private decimal _spent;

    public decimal Spent
    {
        get
        {
            lock (_gate) return _spent;
        }
    }

    public bool IsExhausted => _isExhausted;

    public async Task<bool> ReserveAsync(decimal most, CancellationToken cancellationToken)
    {
        while (!_isExhausted)
        {
            CallGrant grant;
            try
            {
                grant = await endpoint.TakeAsync(most).WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (ClusterFaults.IsPassing(error, cancellationToken))
            {
                await Task.Delay(Retry, cancellationToken).ConfigureAwait(false);
                continue;
            }
            if (grant.Verdict == CallVerdict.Exhausted) _isExhausted = true;
            if (grant.Verdict != CallVerdict.Go) continue;
            _calls.GetOrAdd(most, _ => []).Add(grant.Call);
            if (grant.Wait > TimeSpan.Zero) await Task.Delay(grant.Wait, cancellationToken).ConfigureAwait(false);
            return true;
        }
        return false;
    }

    public void Settle(decimal reserved, decimal cost)
    {
        lock (_gate) _spent += cost;
        // of calls that set aside the same, any: where this message is lost, the endpoint counts it in full
        if (_calls.TryGetValue(reserved, out var calls) && calls.TryTake(out long call))
            (_settling[call] = endpoint.SettleAsync(call, cost)).ContinueWith(_ => _settling.TryRemove(call, out var _), TaskScheduler.Default).Ignore();
    }

    // where this message is lost, other silos hear the same from the endpoint itself
    public void Pause(TimeSpan wait) => endpoint.PauseAsync(wait).Ignore();

    /// <summary>Completes when the endpoint heard of all calls, or cannot be told.</summary>
    internal Task SettledAsync() => Task.WhenAll(_settling.Values.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default)));
}
