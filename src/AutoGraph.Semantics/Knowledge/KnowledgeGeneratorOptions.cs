using AutoGraph.Semantics.Costs;
using Microsoft.Extensions.AI;
using Microsoft.ML.Tokenizers;

namespace AutoGraph.Semantics.Knowledge;

/// <summary>Settings of <see cref="KnowledgeGenerator"/>.</summary>
public sealed record KnowledgeGeneratorOptions
{
    /// <summary>Calls in flight at a time, 1 to 1,024; default 8.</summary>
    public int Concurrency { get; init; } = 8;

    /// <summary>Repetitions of a call that failed for a passing reason or answered nothing, 0 to 100; default 5.</summary>
    public int MaxRetries { get; init; } = 5;

    /// <summary>Wait before the first repetition, doubled with each further one, with jitter; 0 to 1 hour, default 1 s.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Longest wait between repetitions; at least <see cref="RetryDelay"/>, at most 1 day; default 1 minute. A row whose endpoint asks for a
    /// longer one (<c>Retry-After</c>) is given up; a shorter one is waited for by all rows; of it and the doubled <see cref="RetryDelay"/> the longer counts.
    /// </summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Time allowed for one call; 10 ms to 1 day, default 2 minutes.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Options passed to the model; they are part of the store key, all but <see cref="ChatOptions.MaxOutputTokens"/>. Default null: the client's own.</summary>
    public ChatOptions? Chat { get; init; }

    /// <summary>Id of the model for the store key. Default null: <see cref="ChatOptions.ModelId"/>, else the client's default model.</summary>
    public string? Model { get; init; }

    /// <summary>
    /// Which exceptions of the client are worth a repetition, besides those known: connection faults, time-outs, answers that are no JSON, and
    /// HTTP status 408, 429 and 5xx of <see cref="HttpRequestException"/> and <c>ClientResultException</c> (OpenAI, Azure); default null: no others.
    /// </summary>
    public Func<Exception, bool>? IsTransient { get; init; }

    /// <summary>The wait that an exception of the client asks for, besides the headers of <c>ClientResultException</c>; default null: none.</summary>
    public Func<Exception, TimeSpan?>? RetryAfter { get; init; }

    /// <summary>
    /// The reason that reports and store give for an exception. Default null: its type, HTTP status and error code, never its message,
    /// because servers repeat keys and addresses in it.
    /// </summary>
    public Func<Exception, string>? DescribeError { get; init; }

    /// <summary>
    /// Failed calls in a row, without a successful one between them, that stop the run; 1 or more. Calls that fail because of their row (empty answers; HTTP status
    /// 400, 413 and 422) count once a row. Default null: <see cref="Concurrency"/>, but at least 8, · (<see cref="MaxRetries"/> + 1), as many as one round of rows makes
    /// if nothing works.
    /// </summary>
    public int? CircuitThreshold { get; init; }

    /// <summary>
    /// Most that one run may spend, in the currency of <see cref="Prices"/>, 0 or more; default null: no limit. Each call in flight sets aside its
    /// prompt and <see cref="ChatOptions.MaxOutputTokens"/>, so the limit is never passed. Needs both of them.
    /// </summary>
    public decimal? Budget { get; init; }

    /// <summary>Prices by model; default null: costs are not reported.</summary>
    public PriceTable? Prices { get; init; }

    /// <summary>
    /// The model's tokenizer. Default null: estimates count by o200k_base, and a budget sets a token aside for each byte of the prompt, more than any
    /// tokenizer gives.
    /// </summary>
    public Tokenizer? Tokenizer { get; init; }

    /// <summary>
    /// How long rows that a run works on stay reserved after its process has died; 100 ms to 1 hour, default 30 s. Runs renew their reservations.
    /// </summary>
    public TimeSpan ClaimLease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary><see cref="CircuitThreshold"/>, or its default: out of reach for the repetitions of one bad row, whatever the concurrency.</summary>
    internal int FailuresToStop => CircuitThreshold ?? Math.Max(Concurrency, 8) * (MaxRetries + 1);

    /// <summary>Clock of the waits between calls and between tries of the store, for tests.</summary>
    internal TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Who lets the calls of a run through instead of a budget of its own: machines that share an endpoint. Null: nobody.</summary>
    internal Func<ICallLedger>? Ledger { get; init; }

    internal void Validate()
    {
        List<string> errors = [];
        if (Concurrency is < 1 or > 1024) errors.Add($"expected Concurrency of 1 to 1024, found {Concurrency}");
        if (MaxRetries is < 0 or > 100) errors.Add($"expected MaxRetries of 0 to 100, found {MaxRetries}");
        if (RetryDelay < TimeSpan.Zero || RetryDelay > TimeSpan.FromHours(1)) errors.Add($"expected RetryDelay of 0 to 1 hour, found {RetryDelay}");
        if (MaxRetryDelay < RetryDelay || MaxRetryDelay > TimeSpan.FromDays(1)) errors.Add($"expected MaxRetryDelay from RetryDelay to 1 day, found {MaxRetryDelay}");
        if (CallTimeout < TimeSpan.FromMilliseconds(10) || CallTimeout > TimeSpan.FromDays(1)) errors.Add($"expected CallTimeout of 10 ms to 1 day, found {CallTimeout}");
        if (Model is not null && string.IsNullOrWhiteSpace(Model)) errors.Add("expected Model to be null or a name, found white space");
        if (CircuitThreshold < 1) errors.Add($"expected CircuitThreshold of 1 or more, found {CircuitThreshold}");
        if (Budget < 0) errors.Add($"expected Budget of 0 or more, found {Budget}");
        if (Budget is not null && Prices is null) errors.Add("expected Prices beside Budget, found none");
        if (Budget is not null && Chat?.MaxOutputTokens is not > 0) errors.Add("expected Chat.MaxOutputTokens beside Budget, because each call sets them aside, found none");
        if (ClaimLease < TimeSpan.FromMilliseconds(100) || ClaimLease > TimeSpan.FromHours(1)) errors.Add($"expected ClaimLease of 100 ms to 1 hour, found {ClaimLease}");
        if (errors.Count > 0) throw new ArgumentException($"Knowledge options: {string.Join("; ", errors)}.");
    }
}
