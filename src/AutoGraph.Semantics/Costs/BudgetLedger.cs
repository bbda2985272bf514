namespace AutoGraph.Semantics.Costs;

/// <summary>A hard limit on spending: what is spent and what calls in flight may still cost never pass it. Safe for concurrent use.</summary>
/// <param name="limit">The limit; null for none.</param>
internal sealed class BudgetLedger(decimal? limit) : ICallLedger
{
    private readonly Lock _gate = new();
    private decimal _reserved, _spent;
    private TaskCompletionSource _changed = NewSource();

    /// <summary>Spent so far.</summary>
    public decimal Spent
    {
        get
        {
            lock (_gate) return _spent; // four words: without the lock halves of two values could be read
        }
    }

    /// <summary>Whether a call did not fit any more.</summary>
    public bool IsExhausted { get; private set; }

    /// <summary>Sets aside what a call may cost at most; waits for calls in flight, which often cost less than they set aside.</summary>
    /// <returns>False where it does not fit even after they ended: then the budget is exhausted, for all callers.</returns>
    public async Task<bool> ReserveAsync(decimal most, CancellationToken cancellationToken)
    {
        for (; ; )
        {
            Task changed;
            lock (_gate)
            {
                if (IsExhausted) return false;
                if (limit is null || _spent + _reserved + most <= limit)
                {
                    _reserved += most;
                    return true;
                }
                if (_spent + most > limit || _reserved == 0)
                {
                    IsExhausted = true;
                    Wake();
                    return false;
                }
                changed = _changed.Task;
            }
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Ends a reservation with what the call cost.</summary>
    public void Settle(decimal reserved, decimal cost)
    {
        lock (_gate)
        {
            _reserved -= reserved;
            _spent += cost;
            Wake();
        }
    }

    private void Wake()
    {
        _changed.SetResult();
        _changed = NewSource();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
