using AutoGraph.Semantics.Encoding;
using AutoGraph.Semantics.Knowledge;
using AutoGraph.Semantics.Prompting;
using Microsoft.Extensions.AI;

namespace AutoGraph;

/// <summary>Where the text of a row comes from, and what encodes it (paper §3.2.1).</summary>
/// <remarks>
/// One source: <see cref="TextColumn"/> (the text is there), <see cref="RecordedKnowledge"/> by <see cref="IdColumn"/> (answers recorded
/// earlier), <see cref="Prompt"/> with <see cref="Store"/> (a language model is asked once per prompt), or <see cref="Prompt"/> alone (the
/// rendered facts themselves, user text "Template" of the method).
/// </remarks>
public sealed record SemanticVectorOptions
{
    /// <summary>A column of text, encoded as it is.</summary>
    public string? TextColumn { get; init; }

    /// <summary>Recorded answers, id → text. Ids without an answer use the facts of <see cref="Prompt"/>; without a prompt they are an error.</summary>
    public IReadOnlyDictionary<string, string>? RecordedKnowledge { get; init; }

    /// <summary>The id column of <see cref="RecordedKnowledge"/>; it is left out of prompts.</summary>
    public string? IdColumn { get; init; }

    /// <summary>The prompt, over columns of the row.</summary>
    public PromptTemplate? Prompt { get; init; }

    /// <summary>The columns that <c>{*}</c> of the prompt lists. Default null: all of text, numbers, booleans, keys and vectors of text, but <see cref="IdColumn"/> and those whose name ends in "Id".</summary>
    public IReadOnlyList<string>? PromptColumns { get; init; }

    /// <summary>The language model; null: the store must have all answers.</summary>
    public IChatClient? ChatClient { get; init; }

    /// <summary>Keeps answers (and vectors of encoders that name their model); required where a language model answers. Use <c>SqliteKnowledgeStore</c>.</summary>
    public IKnowledgeStore? Store { get; init; }

    /// <summary>How the language model is asked: concurrency, repetitions, generation options.</summary>
    public KnowledgeGeneratorOptions Generation { get; init; } = new();

    /// <summary>The encoder. Default null: the corpus encoder (TF-IDF and truncated SVD), fitted on the texts at hand and saved with the model.</summary>
    public IEmbeddingGenerator<string, Embedding<float>>? Encoder { get; init; }

    /// <summary>The corpus encoder's options; its seed is <see cref="Seed"/>.</summary>
    public CorpusEncoderOptions Corpus { get; init; } = new();

    /// <summary>Texts per call of the encoder, at least 1. Default 256.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Seed of the corpus encoder. Default null: the seed of the <c>MLContext</c>, or 0.</summary>
    public int? Seed { get; init; }

    /// <summary>Told after each answer, from any thread.</summary>
    public IProgress<KnowledgeProgress>? Progress { get; init; }

    /// <summary>Stops the fit; answers so far are kept.</summary>
    public CancellationToken CancellationToken { get; init; }

    internal void Check()
    {
        List<string> wrong = [];
        int sources = (TextColumn is null ? 0 : 1) + (RecordedKnowledge is null ? 0 : 1) + (Prompt is not null && RecordedKnowledge is null ? 1 : 0);
        if (sources != 1) wrong.Add($"expected one source of texts (TextColumn, RecordedKnowledge or Prompt), found {sources}");
        if (RecordedKnowledge is not null && string.IsNullOrEmpty(IdColumn)) wrong.Add("expected IdColumn beside RecordedKnowledge, found none");
        if (RecordedKnowledge is not null && ChatClient is not null) wrong.Add("expected RecordedKnowledge or ChatClient, found both");
        if (ChatClient is not null && Prompt is null) wrong.Add("expected a Prompt for the ChatClient, found none");
        if (ChatClient is not null && Store is null) wrong.Add("expected a Store, so that no answer is paid for twice, found none: new SqliteKnowledgeStore(path)");
        if (ChatClient is null && AsksModel && string.IsNullOrWhiteSpace(Generation.Model)) wrong.Add("expected Generation.Model, which names the answers in the Store, since there is no ChatClient; found none");
        if (BatchSize < 1) wrong.Add($"expected BatchSize of at least 1, found {BatchSize}");
        if (wrong.Count > 0) throw new ArgumentException($"Semantic vector options: {string.Join("; ", wrong)}.");
    }

    internal bool AsksModel => Prompt is not null && RecordedKnowledge is null && Store is not null;
}
