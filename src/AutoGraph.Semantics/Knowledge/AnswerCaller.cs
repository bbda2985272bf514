using System.Diagnostics;
using AutoGraph.Semantics.Costs;
using AutoGraph.Semantics.Telemetry;
using Microsoft.Extensions.AI;
using Polly;
using Polly.Retry;

namespace AutoGraph.Semantics.Knowledge;

/// <summary>Puts one prompt to the model: time limit and budget for each call, repetitions with exponential back-off and jitter.</summary>
internal sealed class AnswerCaller
{
    private readonly IChatClient _client;
    private readonly KnowledgeGeneratorOptions _options;
    private readonly EndpointCircuit _circuit;
    private readonly CallCosts _costs;
    private readonly CallTelemetry _telemetry;
    private readonly ResiliencePipeline<Answer> _repeat;
    private DateTimeOffset _notBefore;
    private int _calls;

    public AnswerCaller(IChatClient client, KnowledgeGeneratorOptions options, EndpointCircuit circuit, CallCosts costs, CallTelemetry telemetry)
    {
        (_client, _options, _circuit, _costs, _telemetry) = (client, options, circuit, costs, telemetry);
        var pipeline = new ResiliencePipelineBuilder<Answer> { TimeProvider = options.Time };
        if (options.MaxRetries > 0)
            pipeline.AddRetry(new RetryStrategyOptions<Answer>
            {
                MaxRetryAttempts = options.MaxRetries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.RetryDelay,
                MaxDelay = options.MaxRetryDelay,
                // Retry-After is waited for where each call begins, so that the longer of the two counts: one of 0 switches no back-off off.
                ShouldHandle = args => ValueTask.FromResult(args.Outcome is { Exception: null, Result.IsWorthRepeating: true } && !circuit.Stop.IsCancellationRequested),
            });
        _repeat = pipeline.Build();
    }

    /// <summary>An answer, or why it is none.</summary>
    /// <param name="Response">What the model said, usable or not; null where the call failed.</param>
    /// <param name="Latency">Duration of the call.</param>
    /// <param name="Problem">Null for a usable answer.</param>
    /// <param name="IsWorthRepeating">Whether another call may help.</param>
    /// <param name="IsOfRow">Whether the endpoint works, and the row is at fault.</param>
    /// <param name="IsAsked">False where the run stopped first.</param>
    public readonly record struct Answer(
        ChatResponse? Response, TimeSpan Latency, (KnowledgeFailureKind Kind, string Reason)? Problem, bool IsWorthRepeating = false, bool IsOfRow = false, bool IsAsked = true);

    /// <summary>Calls made so far.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Never throws for a failed call; only for <paramref name="cancellationToken"/>.</summary>
    /// <param name="prompt">What is asked.</param>
    /// <param name="halt">Ends the waiting between calls.</param>
    /// <param name="cancellationToken">Ends calls in flight too.</param>
    public async Task<Answer> AskAsync(string prompt, CancellationToken halt, CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(_circuit.Stop, halt, cancellationToken);
        try
        {
            // Waiting between calls ends with the circuit and with the run; a call in flight is let finish, for it may be paid for.
            var answer = await _repeat.ExecuteAsync(stop => AttemptAsync(prompt, stop, cancellationToken), waiting.Token).ConfigureAwait(false);
            if (answer.IsOfRow) _circuit.Failed();
            return answer;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && waiting.IsCancellationRequested)
        {
            return new(null, TimeSpan.Zero, null, IsAsked: false);
        }
    }

    private async ValueTask<Answer> AttemptAsync(string prompt, CancellationToken stop, CancellationToken cancellationToken)
    {
        await PauseAsync(stop).ConfigureAwait(false);
        if (await _costs.ReserveAsync(prompt, stop).ConfigureAwait(false) is not { } reservation) return new(null, TimeSpan.Zero, null, IsAsked: false);
        using var activity = _telemetry.Start();
        using var timed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timed.CancelAfter(_options.CallTimeout);
        Interlocked.Increment(ref _calls);
        var started = Stopwatch.GetTimestamp();
        ChatResponse response;
        try
        {
            // A copy: clients may write to the options of a call. A client that ignores its token is left behind.
            response = await _client.GetResponseAsync([new ChatMessage(ChatRole.User, prompt)], _options.Chat?.Clone(), timed.Token).WaitAsync(timed.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested) // any client, so any exception
        {
            return Judge(timed.IsCancellationRequested ? CallFault.TimedOut(_options.CallTimeout) : CallFault.Of(e, _options), Stopwatch.GetElapsedTime(started), reservation, activity);
        }
        catch
        {
            _costs.Settle(reservation, null, mayBePaid: true); // a call that we cancelled
            throw;
        }
        return Judge(response, Stopwatch.GetElapsedTime(started), reservation, activity);
    }

    private Answer Judge(ChatResponse response, TimeSpan latency, CallCosts.Reservation reservation, Activity? activity)
    {
        _costs.Settle(reservation, response.Usage, mayBePaid: true);
        var problem = AnswerCheck.Problem(response);
        var isEmpty = problem?.Kind == KnowledgeFailureKind.Empty;
        _telemetry.End(activity, latency, response.Usage, problem?.Kind.ToString().ToLowerInvariant());
        if (!isEmpty) _circuit.Succeeded();
        return new(response, latency, problem, isEmpty, IsOfRow: isEmpty);
    }

    private Answer Judge(CallFault fault, TimeSpan latency, CallCosts.Reservation reservation, Activity? activity)
    {
        _costs.Settle(reservation, null, fault.MayBePaid);
        _telemetry.End(activity, latency, null, fault.ErrorType);
        if (!fault.IsOfRow) _circuit.Failed();
        var (reason, repeat) = (fault.Reason, fault.IsTransient);
        if (fault.RetryAfter > _options.MaxRetryDelay)
            (reason, repeat) = ($"{reason}; the endpoint asks to wait {fault.RetryAfter:c}, longer than MaxRetryDelay of {_options.MaxRetryDelay:c}", false);
        else if (fault.RetryAfter is { } wait)
            Pause(wait);
        return new(null, latency, (KnowledgeFailureKind.Error, reason), repeat, fault.IsOfRow);
    }

    private void Pause(TimeSpan wait)
    {
        var end = _options.Time.GetUtcNow() + wait;
        lock (_repeat)
            if (end > _notBefore) _notBefore = end;
        _costs.Pause(wait);
    }

    // An endpoint that asks one row to wait means all of them.
    private async ValueTask PauseAsync(CancellationToken stop)
    {
        for (; ; )
        {
            TimeSpan pause;
            lock (_repeat) pause = _notBefore - _options.Time.GetUtcNow();
            if (pause <= TimeSpan.Zero) return;
            // In whole milliseconds, as timers count: of a rest below one they would make none, and this loop would spin.
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(pause.TotalMilliseconds)), _options.Time, stop).ConfigureAwait(false);
        }
    }
}
