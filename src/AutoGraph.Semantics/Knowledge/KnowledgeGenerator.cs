using Microsoft.Extensions.AI;

namespace AutoGraph.Semantics.Knowledge;

/// <summary>Asks a language model what it knows about each row, once.</summary>
/// <remarks>
/// Rows whose answer the store has are not asked for, and equal prompts are asked for once. An answer is durable before it counts, so a
/// run that is stopped goes on where it was. Safe for concurrent use; disposes neither client nor store.
/// </remarks>
public sealed class KnowledgeGenerator
{
    private readonly IChatClient _client;
    private readonly IKnowledgeStore _store;
    private readonly KnowledgeGeneratorOptions _options;

    /// <summary>Creates a generator.</summary>
    /// <param name="client">The model.</param>
    /// <param name="store">Where answers are kept.</param>
    /// <param name="promptVersion">Name and version of the prompt (<c>PromptTemplate.Id</c>).</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">Options are out of range, or neither they nor the client name the model.</exception>
    public KnowledgeGenerator(IChatClient client, IKnowledgeStore store, string promptVersion, KnowledgeGeneratorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentException.ThrowIfNullOrWhiteSpace(promptVersion);
        _options = options ?? new();
        _options.Validate();
        (_client, _store) = (client, store);
        var model = _options.Model ?? _options.Chat?.ModelId ?? (client.GetService(typeof(ChatClientMetadata)) as ChatClientMetadata)?.DefaultModelId;
        if (string.IsNullOrWhiteSpace(model))
            throw new ArgumentException("Expected the id of the model, because answers are stored by it, found none: set KnowledgeGeneratorOptions.Model.", nameof(options));
        Source = new(promptVersion, model, KnowledgeSource.Describe(_options.Chat));
    }

    /// <summary>What the answers depend on besides the prompt; <c>store.Find(Source.KeyOf(prompt))</c> is the answer to a prompt.</summary>
    public KnowledgeSource Source { get; }

    /// <summary>Answers every row that has no answer yet.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="progress">Told after each prompt, from any thread.</param>
    /// <param name="cancellationToken">Stops the run; answers so far are kept.</param>
    /// <returns>What was done; a row that fails for good is listed there and stops no other.</returns>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    /// <exception cref="ArgumentException">A prompt is blank.</exception>
    public async Task<KnowledgeReport> GenerateAsync(
        IEnumerable<KnowledgeRequest> rows, IProgress<KnowledgeProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        KnowledgeRequest[] all = [.. rows];
        if (Array.Find(all, r => string.IsNullOrWhiteSpace(r.Prompt)) is { } blank)
            throw new ArgumentException($"Expected a prompt for row '{blank.Id}', found a blank one.", nameof(rows));
        var prompts = all.GroupBy(r => r.Prompt, StringComparer.Ordinal).ToLookup(g => _store.Find(Source.KeyOf(g.Key)) is not null);
        var tally = new KnowledgeTally(all.Length, progress);
        tally.Cached(prompts[true].Sum(g => g.Count()));

        var caller = new AnswerCaller(_client, _options);
        var writer = new AnswerWriter(_store);
        await using (writer.ConfigureAwait(false))
        {
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.Concurrency, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(prompts[false], parallel, (group, token) => AnswerAsync(group, caller, writer, tally, token)).ConfigureAwait(false);
        }
        var order = all.Index().GroupBy(r => r.Item.Id, r => r.Index, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        return tally.Report(caller.Calls, order);
    }

    private async ValueTask AnswerAsync(
        IGrouping<string, KnowledgeRequest> group, AnswerCaller caller, AnswerWriter writer, KnowledgeTally tally, CancellationToken cancellationToken)
    {
        // Another process on the same store may have asked meanwhile.
        if (_store.Find(Source.KeyOf(group.Key)) is not null)
        {
            tally.Cached(group.Count());
            return;
        }
        var answer = await caller.AskAsync(group.Key, cancellationToken).ConfigureAwait(false);
        if (answer.Problem is { } problem)
        {
            tally.Failed(group.Select(r => new KnowledgeFailure(r.Id, problem.Kind, problem.Reason)));
            return;
        }
        var usage = answer.Response!.Usage;
        // Not cancellable: it is paid for.
        await writer.StoreAsync(new(Source, group.Key, answer.Response.Text.Trim())
        {
            InputTokens = usage?.InputTokenCount,
            OutputTokens = usage?.OutputTokenCount,
            Latency = answer.Latency,
            Created = DateTimeOffset.UtcNow,
        }).ConfigureAwait(false);
        tally.Answered(group.Count(), usage?.InputTokenCount ?? 0, usage?.OutputTokenCount ?? 0);
    }
}
