using System.Collections.Concurrent;

namespace AutoGraph.Semantics.Knowledge;

/// <summary>The prompts that this run works on, reserved in the store so that no other run on it asks the same; renewed until released.</summary>
internal sealed class RowClaims : IAsyncDisposable
{
    private readonly string _owner = Guid.NewGuid().ToString("N");
    private readonly ConcurrentDictionary<string, byte> _held = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<string> _failed = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly IKnowledgeStore _store;
    private readonly TimeSpan _lease;
    private readonly GroupCommit<string, bool> _claims;
    private readonly Task _renewal;

    public RowClaims(IKnowledgeStore store, TimeSpan lease, TimeProvider time)
    {
        (_store, _lease) = (store, lease);
        _claims = new(Claim, time);
        _renewal = RenewAsync();
    }

    /// <summary>Whether the key is now ours to ask for; false where it has an answer or another run works on it.</summary>
    public Task<bool> TryClaimAsync(string key) => _claims.AddAsync(key);

    /// <summary>To be called once the store has the outcome, which ends the reservation there.</summary>
    public void Settled(string key, bool answered)
    {
        if (!answered) _failed.Add(key);
        _held.TryRemove(key, out _);
    }

    /// <summary>Gives a row back that is not asked for.</summary>
    public void GiveBack(string key)
    {
        if (_held.TryRemove(key, out _)) Release([key]);
    }

    public async ValueTask DisposeAsync()
    {
        await _claims.DisposeAsync().ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        try
        {
            await _renewal.ConfigureAwait(false);
        }
        finally
        {
            _stop.Dispose();
            // A renewal under way may have reserved a failed row anew; an answered one it cannot.
            Release([.. _held.Keys, .. _failed]);
        }
    }

    private void Release(string[] keys)
    {
        try
        {
            if (keys.Length > 0) _store.Release(_owner, keys);
        }
        catch (IOException)
        {
            // They lapse by themselves, and the outcome of the run, or the fault that ended it, is worth more.
        }
    }

    private bool[] Claim(IReadOnlyList<string> keys)
    {
        var granted = _store.Claim(_owner, keys, _lease);
        foreach (var key in granted) _held.TryAdd(key, 0);
        return [.. keys.Select(granted.Contains)];
    }

    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(_lease / 3);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false)) Renew();
        }
        catch (OperationCanceledException)
        {
            // the end of the run
        }
    }

    private void Renew()
    {
        try
        {
            if (!_held.IsEmpty) _store.Claim(_owner, [.. _held.Keys], _lease);
        }
        catch (IOException)
        {
            // The lease outlasts two renewals, and the next may do. A store that stays broken fails the run where its answers go.
        }
    }
}
