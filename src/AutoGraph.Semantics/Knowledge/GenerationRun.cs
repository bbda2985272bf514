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
    private readonly DateTimeOffset _started = DateTimeOffset.UtcNow;

    public GenerationRun(
        IChatClient client, IKnowledgeStore store, KnowledgeSource source, KnowledgeGeneratorOptions options, CallCosts costs, CallTelemetry telemetry, KnowledgeTally tally,
        Func<string, string?>? problem, CancellationToken cancellationToken)
    {
        (_store, _source, _options, _costs, _tally, _problem) = (store, source, options, costs, tally, problem);
        _circuit = new(options.FailuresToStop, cancellationToken);
        _caller = new(client, options, _circuit, _costs, telemetry);
        _claims = new(store, options.ClaimLease, options.Time);
        _answers = new(records =>
        {
            store.Add([.. records]);
            return new bool[records.Count];
        }, options.Time);
        _failures = new(prompts =>
        {
            store.AddFailures([.. prompts]);
            return new bool[prompts.Count];
        }, options.Time);
    }

    public int Calls => _caller.Calls;

    public KnowledgeStop Stopped => _circuit.IsOpen ? KnowledgeStop.EndpointDown : _costs.IsExhausted ? KnowledgeStop.Budget : KnowledgeStop.None;

    public async Task AnswerAsync(IEnumerable<IGrouping<string, KnowledgeRequest>> prompts, CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.Concurrency, CancellationToken = cancellationToken };
        prompts = FailedLast(prompts);
        for (var (poll, again) = (LongestPoll / 16, false); ; again = true)
        {
            // What another run works on comes last: it is answered by then, or the other run has died and its claim lapses.
            var others = new ConcurrentBag<IGrouping<string, KnowledgeRequest>>();
            // A row that throws, because the store failed, halts the others: no new one begins. Calls in flight have the user's token alone, for they are paid for.
            await Parallel.ForEachAsync(prompts, parallel, (group, halt) => AnswerAsync(group, others, again, halt, cancellationToken)).ConfigureAwait(false);
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

    /// <summary>Rows that failed before come last, those first whose failure is the longest ago: where bad rows stop run after run, each still gets further than the one before.</summary>
    private IEnumerable<IGrouping<string, KnowledgeRequest>> FailedLast(IEnumerable<IGrouping<string, KnowledgeRequest>> prompts)
    {
        var failed = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach (var failure in Failures(DateTimeOffset.MinValue)) failed[failure.Prompt] = failure.Created;
        return failed.Count == 0 ? prompts : prompts.OrderBy(group => failed.GetValueOrDefault(group.Key, DateTimeOffset.MinValue));
    }

    private IEnumerable<FailedPrompt> Failures(DateTimeOffset since) => _store.ReadFailures().Where(f => f.Created >= since && f.Source == _source);

    private async ValueTask AnswerAsync(
        IGrouping<string, KnowledgeRequest> group, ConcurrentBag<IGrouping<string, KnowledgeRequest>> others, bool again, CancellationToken halt, CancellationToken cancellationToken)
    {
        if (Stopped != KnowledgeStop.None) return;
        var key = _source.KeyOf(group.Key);
        if (!await _claims.TryClaimAsync(key).ConfigureAwait(false))
        {
            if (_store.Find(key) is null) others.Add(group);
            else _tally.Cached(group.Count());
            return;
        }
        // Another run had the row, and has given it up meanwhile: it would be paid for twice to no end.
        if (again && Failures(_started).FirstOrDefault(f => f.Prompt == group.Key) is { } failure)
        {
            _claims.GiveBack(key);
            Fail(group, failure.Kind, failure.Reason);
            return;
        }
        var answer = await _caller.AskAsync(group.Key, halt, cancellationToken).ConfigureAwait(false);
        if (!answer.IsAsked) return;
        if ((answer.Problem ?? Unreadable(answer.Response!)) is { } problem)
        {
            await _failures.AddAsync(new(_source, group.Key, problem.Kind, problem.Reason) { Created = DateTimeOffset.UtcNow }).ConfigureAwait(false);
            _claims.Settled(key, answered: false);
            Fail(group, problem.Kind, problem.Reason);
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
        _tally.Answered(group.Count());
    }

    private void Fail(IGrouping<string, KnowledgeRequest> group, KnowledgeFailureKind kind, string reason) => _tally.Failed([.. group.Select(r => new KnowledgeFailure(r.Id, kind, reason))]);

    private (KnowledgeFailureKind Kind, string Reason)? Unreadable(ChatResponse response) =>
        _problem?.Invoke(AnswerCheck.TextOf(response)) is { } reason ? (KnowledgeFailureKind.Unreadable, reason) : null;
}
