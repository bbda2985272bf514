using AutoGraph.Semantics.Costs;
using System.Collections.Concurrent;

namespace AutoGraph.Orleans.Knowledge;

/// <summary>The budget of one run that shares rate, calls in flight and money with all other silos.</summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class SharedLedger(IEndpointGrain endpoint) : ICallLedger
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(200);
    private readonly ConcurrentDictionary<decimal, ConcurrentBag<long>> _calls = new();
    private readonly ConcurrentDictionary<Task, bool> _settling = new();
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
            var asked = endpoint.TakeAsync(most);
            try
            {
                var grant = await asked.WaitAsync(cancellationToken).ConfigureAwait(false);
                if (grant.Verdict == CallVerdict.Exhausted) _isExhausted = true;
                if (grant.Verdict != CallVerdict.Go) continue;
                if (grant.Wait > TimeSpan.Zero) await Task.Delay(grant.Wait, cancellationToken).ConfigureAwait(false);
                _calls.GetOrAdd(most, _ => []).Add(grant.Call);
                return true;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                Follow(GiveBackAsync(asked));
                throw;
            }
            catch (Exception error) when (ClusterFaults.IsPassing(error, cancellationToken))
            {
                await Task.Delay(Retry, cancellationToken).ConfigureAwait(false);
            }
        }
        return false;
    }

    public void Settle(decimal reserved, decimal cost)
    {
        lock (_gate) _spent += cost;
        // of calls that set aside the same, any: where this message is lost, the endpoint counts it in full
        if (_calls.TryGetValue(reserved, out var calls) && calls.TryTake(out long call)) Follow(endpoint.SettleAsync(call, cost));
    }

    // where this message is lost, other silos hear the same from the endpoint itself
    public void Pause(TimeSpan wait) => endpoint.PauseAsync(wait).Ignore();

    /// <summary>Completes when the endpoint heard of all calls, or cannot be told.</summary>
    internal Task SettledAsync() => Task.WhenAll(_settling.Keys.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default)));

    // a call that is not made any more, also where it is granted only now
    private async Task GiveBackAsync(Task<CallGrant> asked)
    {
        var grant = await asked.ConfigureAwait(false);
        if (grant.Verdict == CallVerdict.Go) await endpoint.SettleAsync(grant.Call, 0).ConfigureAwait(false);
    }

    private void Follow(Task settling)
    {
        _settling[settling] = true;
        settling.ContinueWith(_ => _settling.TryRemove(settling, out bool _), TaskScheduler.Default).Ignore();
    }
}
