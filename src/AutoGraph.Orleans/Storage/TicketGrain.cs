using Orleans.Concurrency;
using Orleans.Runtime;

namespace AutoGraph.Orleans.Storage;

/// <summary>Numbers that only grow: the order in which users and items joined.</summary>
[Alias("autograph.tickets")]
internal interface ITicketGrain : IGrainWithIntegerKey
{
    /// <summary>The first of so many numbers that nobody else has.</summary>
    [Alias("take")] Task<long> TakeAsync(int count);
}

/// <summary>All numbers below it may have been given away.</summary>
[GenerateSerializer, Alias("autograph.tickets.state")]
internal sealed class TicketState
{
    [Id(0)] public long Reserved { get; set; } = 1;
}

/// <summary>Reserves blocks of numbers in storage, so that most calls write nothing.</summary>
internal sealed class TicketGrain([PersistentState("tickets", GuardedStorage.Name)] IPersistentState<TicketState> reserved) : Grain, ITicketGrain
{
    private const int Block = 1000;
    private long _next;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _next = reserved.State.Reserved;
        return Task.CompletedTask;
    }

    public async Task<long> TakeAsync(int count)
    {
        if (_next + count > reserved.State.Reserved)
            await reserved.WriteAsync(new TicketState { Reserved = Math.Max(reserved.State.Reserved, _next) + count + Block }, DeactivateOnIdle);
        long first = _next;
        _next += count;
        return first;
    }
}
