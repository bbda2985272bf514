using System.Collections.Concurrent;
using AutoGraph.Semantics.Telemetry;
using Microsoft.Extensions.AI;

namespace AutoGraph.Semantics.Knowledge;

/// <summary>One run of a generator over prompts that have no answer yet.</summary>
internal sealed class GenerationRun : IAsyncDisposable
{
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(1);

    private readonly IKnowledgeStore _store;
    private readonly KnowledgeSource _source;
    private readonly KnowledgeGeneratorOptions _options;
    private readonly KnowledgeTally _tally;
    private readonly Func<string, string?>? _problem;
    private readonly EndpointCircuit _circuit;
    private readonly CallCosts _costs;
    private readonly AnswerCaller _caller;
    private readonly RowClaims _claims;
    private readonly GroupCommit<KnowledgeRecord, bool> _answers;
    private readonly GroupCommit<FailedPrompt, bool> _failures;

    public GenerationRun(
        IChatClient client, IKnowledgeStore store, KnowledgeSource source, KnowledgeGeneratorOptions options, CallTelemetry telemetry, KnowledgeTally tally,
        Func<string, string?>? problem, CancellationToken cancellationToken)
    {
        (_store, _source, _options, _tally, _problem) = (store, source, options, tally, problem);
        _circuit = new(options.CircuitThreshold ?? options.Concurrency * (options.MaxRetries + 1), cancellationToken);
        _costs = new(options, source.Model);
        _caller = new(client, options, _circuit, _costs, telemetry);
        _claims = new(store, options.ClaimLease);
        _answers = new(records =>
        {
            store.Add([.. records]);
            return new bool[records.Count];
        });
        _failures = new(prompts =>
        {
            store.AddFailures([.. prompts]);
            return new bool[prompts.Count];
        });
    }

    public int Calls => _caller.Calls;

    public CallCosts Costs => _costs;

    public KnowledgeStop Stopped => _circuit.IsOpen ? KnowledgeStop.EndpointDown : _costs.IsExhausted ? KnowledgeStop.Budget : KnowledgeStop.None;

    public async Task AnswerAsync(IEnumerable<IGrouping<string, KnowledgeRequest>> prompts, CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.Concurrency, CancellationToken = cancellationToken };
        for (var poll = LongestPoll / 16; ;)
        {
            // What another run works on comes last: it is answered by then, or the other run has died and its claim lapses.
            var others = new ConcurrentBag<IGrouping<string, KnowledgeRequest>>();
            await Parallel.ForEachAsync(prompts, parallel, (group, token) => AnswerAsync(group, others, token)).ConfigureAwait(false);
            if (others.IsEmpty || Stopped != KnowledgeStop.None) return;
            await Task.Delay(poll, cancellationToken).ConfigureAwait(false);
            (prompts, poll) = (others, poll + poll < LongestPoll ? poll + poll : LongestPoll);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _answers.DisposeAsync().ConfigureAwait(false);
        await _failures.DisposeAsync().ConfigureAwait(false);
        await _claims.DisposeAsync().ConfigureAwait(false);
        _circuit.Dispose();
    }

    private async ValueTask AnswerAsync(IGrouping<string, KnowledgeRequest> group, ConcurrentBag<IGrouping<string, KnowledgeRequest>> others, CancellationToken cancellationToken)
    {
        if (Stopped != KnowledgeStop.None) return;
        var key = _source.KeyOf(group.Key);
        if (!await _claims.TryClaimAsync(key).ConfigureAwait(false))
        {
            if (_store.Find(key) is null) others.Add(group);
            else _tally.Cached(group.Count());
            return;
        }
        var answer = await _caller.AskAsync(group.Key, cancellationToken).ConfigureAwait(false);
        if (!answer.IsAsked) return;
        if ((answer.Problem ?? Unreadable(answer.Response!)) is { } problem)
        {
            await _failures.AddAsync(new(_source, group.Key, problem.Kind, problem.Reason) { Created = DateTimeOffset.UtcNow }).ConfigureAwait(false);
            _claims.Settled(key, answered: false);
            _tally.Failed([.. group.Select(r => new KnowledgeFailure(r.Id, problem.Kind, problem.Reason))], _costs);
            return;
        }
        var usage = answer.Response!.Usage;
        // Not cancellable: it is paid for.
        await _answers.AddAsync(new(_source, group.Key, AnswerCheck.TextOf(answer.Response))
        {
            InputTokens = usage?.InputTokenCount,
            OutputTokens = usage?.OutputTokenCount,
            Latency = answer.Latency,
            Created = DateTimeOffset.UtcNow,
        }).ConfigureAwait(false);
        _claims.Settled(key, answered: true);
        _tally.Answered(group.Count(), _costs);
    }

    private (KnowledgeFailureKind Kind, string Reason)? Unreadable(ChatResponse response) =>
        _problem?.Invoke(AnswerCheck.TextOf(response)) is { } reason ? (KnowledgeFailureKind.Unreadable, reason) : null;
}
