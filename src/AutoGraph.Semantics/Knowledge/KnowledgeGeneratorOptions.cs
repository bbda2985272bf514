using Microsoft.Extensions.AI;

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

    /// <summary>Longest wait between repetitions; at least <see cref="RetryDelay"/>, at most 1 day; default 1 minute.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Time allowed for one call; 10 ms to 1 day, default 2 minutes.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Options passed to the model; they are part of the store key. Default null: the client's own.</summary>
    public ChatOptions? Chat { get; init; }

    /// <summary>Id of the model for the store key. Default null: <see cref="ChatOptions.ModelId"/>, else the client's default model.</summary>
    public string? Model { get; init; }

    /// <summary>
    /// Which exceptions of the client are worth a repetition, besides connection faults, time-outs, and HTTP status 408, 429 and 5xx of
    /// <see cref="HttpRequestException"/>; default null: no others. Clients with exceptions of their own need one.
    /// </summary>
    public Func<Exception, bool>? IsTransient { get; init; }

    internal void Validate()
    {
        List<string> errors = [];
        if (Concurrency is < 1 or > 1024) errors.Add($"expected Concurrency of 1 to 1024, found {Concurrency}");
        if (MaxRetries is < 0 or > 100) errors.Add($"expected MaxRetries of 0 to 100, found {MaxRetries}");
        if (RetryDelay < TimeSpan.Zero || RetryDelay > TimeSpan.FromHours(1)) errors.Add($"expected RetryDelay of 0 to 1 hour, found {RetryDelay}");
        if (MaxRetryDelay < RetryDelay || MaxRetryDelay > TimeSpan.FromDays(1)) errors.Add($"expected MaxRetryDelay from RetryDelay to 1 day, found {MaxRetryDelay}");
        if (CallTimeout < TimeSpan.FromMilliseconds(10) || CallTimeout > TimeSpan.FromDays(1)) errors.Add($"expected CallTimeout of 10 ms to 1 day, found {CallTimeout}");
        if (Model is not null && string.IsNullOrWhiteSpace(Model)) errors.Add("expected Model to be null or a name, found white space");
        if (errors.Count > 0) throw new ArgumentException($"Knowledge options: {string.Join("; ", errors)}.");
    }
}
