using AutoGraph.Semantics.Costs;
using Microsoft.Extensions.AI;

namespace AutoGraph.Semantics.Knowledge;

/// <summary>Prices the calls of a run against its budget, and adds up their tokens. Safe for concurrent use.</summary>
internal sealed class CallCosts(KnowledgeGeneratorOptions options, string model)
{
    private readonly ICallLedger _ledger = options.Ledger?.Invoke() ?? new BudgetLedger(options.Budget);
    private readonly TokenCounter _counter = new(options.Tokenizer, options.Chat);
    private readonly ModelPrice? _price = options.Prices is { } prices && prices.TryGet(model, out var price) ? price : null;
    private long _inputTokens, _outputTokens;

    /// <summary>What a call may cost at most.</summary>
    public readonly record struct Reservation(decimal Most);

    public long InputTokens => Interlocked.Read(ref _inputTokens);

    public long OutputTokens => Interlocked.Read(ref _outputTokens);

    /// <summary>Spent so far; null without a price.</summary>
    public decimal? Spent => _price is null ? null : _ledger.Spent;

    public bool IsExhausted => _ledger.IsExhausted;

    /// <summary>Sets aside prompt plus maximum output tokens; null where the budget allows no further call.</summary>
    public async ValueTask<Reservation?> ReserveAsync(string prompt, CancellationToken cancellationToken)
    {
        if (options.Budget is null && options.Ledger is null) return new Reservation(0);
        var most = options.Budget is null ? 0 : _price!.Value.CostOf(_counter.Bound(prompt), options.Chat!.MaxOutputTokens!.Value);
        return await _ledger.ReserveAsync(most, cancellationToken).ConfigureAwait(false) ? new Reservation(most) : null;
    }

    /// <summary>Ends a call: what it reported; where it reported nothing and may be paid for all the same, all that was set aside.</summary>
    public void Settle(Reservation reservation, UsageDetails? usage, bool mayBePaid)
    {
        Interlocked.Add(ref _inputTokens, usage?.InputTokenCount ?? 0);
        Interlocked.Add(ref _outputTokens, usage?.OutputTokenCount ?? 0);
        var cost = usage is { InputTokenCount: { } input, OutputTokenCount: { } output } ? _price?.CostOf(input, output) ?? 0
            : mayBePaid ? reservation.Most : 0;
        _ledger.Settle(reservation.Most, cost);
    }

    /// <summary>The endpoint asks to wait: tells the other runs that share it.</summary>
    public void Pause(TimeSpan wait) => _ledger.Pause(wait);
}
