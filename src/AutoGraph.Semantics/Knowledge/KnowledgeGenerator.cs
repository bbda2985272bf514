using AutoGraph.Semantics.Telemetry;
using Microsoft.Extensions.AI;

namespace AutoGraph.Semantics.Knowledge;

/// <summary>Asks a language model what it knows about each row, once.</summary>
/// <remarks>
/// Rows whose answer the store has are not asked for, and equal prompts are asked for once, also where several runs and processes work on
/// one store. An answer is durable before it counts, so a run that is stopped goes on where it was. Safe for concurrent use; disposes
/// neither client nor store. Clients that repeat failed calls by themselves should be told not to: the repetitions here know budget,
/// circuit and <c>Retry-After</c>.
/// </remarks>
public sealed class KnowledgeGenerator
{
    private readonly IChatClient _client;
    private readonly IKnowledgeStore _store;
    private readonly KnowledgeGeneratorOptions _options;
    private readonly CallTelemetry _telemetry;

    /// <summary>Creates a generator.</summary>
    /// <param name="client">The model.</param>
    /// <param name="store">Where answers are kept.</param>
    /// <param name="promptVersion">Name and version of the prompt (<c>PromptTemplate.Id</c>).</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">Options are out of range, or neither they nor the client name the model.</exception>
    /// <exception cref="KeyNotFoundException">There is a budget, and no price for the model.</exception>
    public KnowledgeGenerator(IChatClient client, IKnowledgeStore store, string promptVersion, KnowledgeGeneratorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentException.ThrowIfNullOrWhiteSpace(promptVersion);
        _options = options ?? new();
        _options.Validate();
        (_client, _store) = (client, store);
        var model = ModelOf(client, _options);
        if (string.IsNullOrWhiteSpace(model))
            throw new ArgumentException("Expected the id of the model, because answers are stored by it, found none: set KnowledgeGeneratorOptions.Model.", nameof(options));
        _ = _options.Budget is null ? default : _options.Prices![model];
        Source = new(promptVersion, model, KnowledgeSource.Describe(_options.Chat));
        _telemetry = CallTelemetry.Chat(client, model);
    }

    /// <summary>What the answers depend on besides the prompt; <c>store.Find(Source.KeyOf(prompt))</c> is the answer to a prompt.</summary>
    public KnowledgeSource Source { get; }

    /// <summary>Id of the model for the store key, or null where neither options nor client name one.</summary>
    internal static string? ModelOf(IChatClient? client, KnowledgeGeneratorOptions options) =>
        options.Model ?? options.Chat?.ModelId ?? (client?.GetService(typeof(ChatClientMetadata)) as ChatClientMetadata)?.DefaultModelId;

    /// <summary>Answers every row that has no answer yet.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="progress">Told after each prompt, from any thread.</param>
    /// <param name="cancellationToken">Stops the run; answers so far are kept.</param>
    /// <returns>What was done; a row that fails for good is listed there and stops no other.</returns>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    /// <exception cref="ArgumentException">A prompt is blank, or has the character U+0000, which stores do not keep; nothing was asked.</exception>
    /// <exception cref="IOException">The store failed, also when it was tried again. Calls in flight were let finish, and what it took is kept.</exception>
    public Task<KnowledgeReport> GenerateAsync(
        IEnumerable<KnowledgeRequest> rows, IProgress<KnowledgeProgress>? progress = null, CancellationToken cancellationToken = default) => GenerateAsync(rows, null, progress, cancellationToken);

    /// <summary>The same with answers that must have a form.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="problem">What is wrong with an answer, null for nothing; such an answer is not stored, its rows have failed, and the next run asks again.</param>
    /// <param name="progress">Told after each prompt, from any thread.</param>
    /// <param name="cancellationToken">Stops the run; answers so far are kept.</param>
    internal async Task<KnowledgeReport> GenerateAsync(
        IEnumerable<KnowledgeRequest> rows, Func<string, string?>? problem, IProgress<KnowledgeProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rows);
        KnowledgeRequest[] all = [.. rows];
        if (Array.Find(all, r => string.IsNullOrWhiteSpace(r.Prompt)) is { } blank)
            throw new ArgumentException($"Expected a prompt for row '{blank.Id}', found a blank one.", nameof(rows));
        foreach (var row in all) StorableText.Require(Source, row.Prompt);
        var prompts = all.GroupBy(r => r.Prompt, StringComparer.Ordinal).ToLookup(g => _store.Find(Source.KeyOf(g.Key)) is not null);
        var costs = new CallCosts(_options, Source.Model);
        var tally = new KnowledgeTally(all.Length, costs, progress, _telemetry);
        tally.Cached(prompts[true].Sum(g => g.Count()));
        var order = all.Index().GroupBy(r => r.Item.Id, r => r.Index, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        if (!prompts[false].Any()) return tally.Report(null, order);

        using var activity = KnowledgeTelemetry.Source.StartActivity("autograph.knowledge.generate")?.SetTag("autograph.prompt.version", Source.PromptVersion);
        var run = new GenerationRun(_client, _store, Source, _options, costs, _telemetry, tally, problem, cancellationToken);
        await using (run.ConfigureAwait(false)) await run.AnswerAsync(prompts[false], cancellationToken).ConfigureAwait(false);
        return tally.Report(run, order);
    }

    /// <summary>What a run over these rows would need, before anything is spent; calls no model.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="options">What is expected; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="KeyNotFoundException">The price table of the generator's options has no price for the model.</exception>
    public KnowledgeEstimate Estimate(IEnumerable<KnowledgeRequest> rows, KnowledgeEstimateOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(rows);
        options ??= new();
        options.Validate();
        return KnowledgeEstimate.Of([.. rows], _store, Source, _options, options);
    }
}
