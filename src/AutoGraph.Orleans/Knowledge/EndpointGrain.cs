using AutoGraph.Orleans.Storage;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace AutoGraph.Orleans.Knowledge;

/// <summary>Lets calls of all silos through to the one endpoint.</summary>
[Alias("autograph.endpoint")]
internal interface IEndpointGrain : IGrainWithIntegerKey
{
    /// <summary>Asks for one call; answers after a while at the latest.</summary>
    [Alias("take")] Task<CallGrant> TakeAsync(decimal most);

    /// <summary>Ends a call.</summary>
    [Alias("settle")] Task SettleAsync(long call, decimal cost);

    /// <summary>No call begins before so much time has passed.</summary>
    [Alias("pause")] Task PauseAsync(TimeSpan wait);

    /// <summary>Spent by all runs so far, and set aside for calls in flight; after the loss of a silo up to a step more than was paid.</summary>
    [Alias("spent"), AlwaysInterleave] Task<decimal> SpentAsync();
}

internal enum CallVerdict { Go, AskAgain, Exhausted }

/// <param name="Verdict">Whether the call may be made.</param>
/// <param name="Call">Its number.</param>
/// <param name="Wait">How long to wait before it.</param>
[GenerateSerializer, Immutable, Alias("autograph.endpoint.grant")]
internal readonly record struct CallGrant([property: Id(0)] CallVerdict Verdict, [property: Id(1)] long Call, [property: Id(2)] TimeSpan Wait);

/// <summary>Never less than what was spent.</summary>
[GenerateSerializer, Alias("autograph.endpoint.state")]
internal sealed class EndpointState
{
    [Id(0)] public decimal Bound { get; set; }
}

/// <summary>
/// One for the cluster. A bound of what may have been spent is in storage before the call is made, so that a killed silo never lets the budget be passed, and that without a budget no less is
/// told than was paid; it grows in steps, so that few calls write. Calls that are never settled, because their silo died, count in full.
/// </summary>
[Reentrant]
internal sealed class EndpointGrain([PersistentState("endpoint", GuardedStorage.Name)] IPersistentState<EndpointState> state, IOptions<ClusterOptions> options) : Grain, IEndpointGrain, IDisposable
{
    private const int Steps = 100;
    private static readonly TimeSpan LongestTake = TimeSpan.FromSeconds(1);
    private readonly Dictionary<long, (decimal Most, DateTimeOffset Until)> _calls = [];
    private readonly SemaphoreSlim _writing = new(1);
    private readonly LinkedList<TaskCompletionSource> _waiting = [];       // who asked first is first
    private DateTimeOffset _nextStart = DateTimeOffset.MinValue;
    private decimal _spent;
    private long _number = DateTimeOffset.UtcNow.Ticks;     // another one after each activation

    private ClusterKnowledgeOptions Options => options.Value.Knowledge ?? throw new InvalidOperationException($"Expected {nameof(ClusterOptions)}.{nameof(ClusterOptions.Knowledge)} on every silo, found null.");

    private decimal Reserved => _calls.Values.Sum(call => call.Most);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _spent = state.State.Bound;
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_spent + Reserved == state.State.Bound) return;
        state.State.Bound = _spent + Reserved;
        await state.WriteStateAsync(cancellationToken);
    }

    public async Task<CallGrant> TakeAsync(decimal most)
    {
        var end = DateTimeOffset.UtcNow + LongestTake;
        do
        {
            if (await TryTakeAsync(most) is not { } grant) continue;
            if (_calls.Count < Options.Generator.Concurrency) WakeOne();        // there may be room for another one
            return grant;
        }
        while (await IsWokenAsync(end - DateTimeOffset.UtcNow));
        return new(CallVerdict.AskAgain, 0, default);
    }

    public async Task SettleAsync(long call, decimal cost)
    {
        if (_calls.Remove(call)) _spent += cost;
        WakeOne();
        if (_spent + Reserved <= state.State.Bound) return;
        // without a budget nothing is set aside before a call, and its cost is known only now
        await _writing.WaitAsync();
        try
        {
            await BoundAsync(0, Options.Generator.Budget);
        }
        finally
        {
            _writing.Release();
        }
    }

    public Task PauseAsync(TimeSpan wait)
    {
        var end = DateTimeOffset.UtcNow + wait;
        if (end > _nextStart) _nextStart = end;
        return Task.CompletedTask;
    }

    public Task<decimal> SpentAsync() => Task.FromResult(_spent + Reserved);

    public void Dispose() => _writing.Dispose();

    // null where the call has to wait for the end of others
    private async Task<CallGrant?> TryTakeAsync(decimal most)
    {
        await _writing.WaitAsync();
        try
        {
            Expire();
            if (_calls.Count < Options.Generator.Concurrency)
            {
                var limit = Options.Generator.Budget;
                if (limit is null || _spent + Reserved + most <= limit) return await GrantAsync(most, limit);
                if (_spent + most > limit || _calls.Count == 0) return new(CallVerdict.Exhausted, 0, default);
            }
        }
        finally
        {
            _writing.Release();
        }
        return null;
    }

    // one for each call that ends, not all: partitions by the dozen wait here
    private void WakeOne()
    {
        if (_waiting.First is not { } first) return;
        _waiting.RemoveFirst();
        first.Value.SetResult();
    }

    private async Task<bool> IsWokenAsync(TimeSpan longest)
    {
        if (longest <= TimeSpan.Zero) return false;
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var place = _waiting.AddLast(turn);
        await Task.WhenAny(turn.Task, Task.Delay(longest));
        if (turn.Task.IsCompleted) return true;
        _waiting.Remove(place);
        return false;
    }

    private async Task<CallGrant> GrantAsync(decimal most, decimal? limit)
    {
        await BoundAsync(most, limit);
        var now = DateTimeOffset.UtcNow;
        var start = _nextStart < now ? now : _nextStart;
        if (Options.CallsPerMinute is { } rate) _nextStart = start + TimeSpan.FromMinutes(1) / rate;
        _calls.Add(++_number, (most, start + Options.Generator.CallTimeout + Options.Generator.ClaimLease));
        return new(CallVerdict.Go, _number, start - now);
    }

    private async Task BoundAsync(decimal most, decimal? limit)
    {
        decimal needed = _spent + Reserved + most;
        if (needed <= state.State.Bound) return;
        decimal step = (limit ?? needed) / Steps;
        await state.WriteAsync(new EndpointState { Bound = limit is { } budget ? Math.Max(needed, Math.Min(budget, needed + step)) : needed + step }, DeactivateOnIdle);
    }

    private void Expire()
    {
        var now = DateTimeOffset.UtcNow;
        foreach (long lost in _calls.Where(call => call.Value.Until < now).Select(call => call.Key).ToArray())
            if (_calls.Remove(lost, out var call)) _spent += call.Most;
    }
}
