namespace AutoGraph.Semantics.Costs;

/// <summary>Lets calls through, or not, and hears what they cost.</summary>
internal interface ICallLedger
{
    /// <summary>Spent so far by those who use this ledger.</summary>
    decimal Spent { get; }

    /// <summary>Whether a call did not fit any more.</summary>
    bool IsExhausted { get; }

    /// <summary>Sets aside what a call may cost at most, once it may be made.</summary>
    /// <returns>False where the budget allows no further call.</returns>
    Task<bool> ReserveAsync(decimal most, CancellationToken cancellationToken);

    /// <summary>Ends a reservation with what the call cost.</summary>
    void Settle(decimal reserved, decimal cost);

    /// <summary>The endpoint asks to wait: no call of any other run that shares it may begin before. Nothing where no other does.</summary>
    void Pause(TimeSpan wait) { }
}
