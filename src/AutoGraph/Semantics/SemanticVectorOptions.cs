using AutoGraph.Core.Validation;
using AutoGraph.Semantics.Encoding;
using AutoGraph.Semantics.Knowledge;
using AutoGraph.Semantics.Prompting;
using Microsoft.Extensions.AI;

namespace AutoGraph;

/// <summary>Where the text of a row comes from and what encodes it (paper §3.2.1, Eq. 3).</summary>
/// <remarks>
/// The text is, in this order: the recorded answer for the row's id (<see cref="Recorded"/>), the answer of a language model to
/// <see cref="Prompt"/> (<see cref="ChatClient"/>), the facts that <see cref="Prompt"/> renders, or <see cref="TextColumn"/>.
/// </remarks>
public sealed record SemanticVectorOptions
{
    /// <summary>A column of texts, taken as they are.</summary>
    public string? TextColumn { get; init; }

    /// <summary>A template over the columns of the row. Without a chat client its facts alone are the text.</summary>
    public PromptTemplate? Prompt { get; init; }

    /// <summary>The language model that answers <see cref="Prompt"/>, once per row, in <c>Fit</c> only. It needs a <see cref="Store"/>.</summary>
    public IChatClient? ChatClient { get; init; }

    /// <summary>Where answers and vectors are kept, so that nothing is paid for twice. Default null: nothing is kept.</summary>
    public IKnowledgeStore? Store { get; init; }

    /// <summary>Answers recorded earlier, by row id (<see cref="IdColumn"/>).</summary>
    public IReadOnlyDictionary<string, string>? Recorded { get; init; }

    /// <summary>The id column: looked up in <see cref="Recorded"/> and left out of prompts, which equal rows then share.</summary>
    public string? IdColumn { get; init; }

    /// <summary>The text encoder. Default null: the corpus encoder (TF-IDF and truncated SVD), fitted on the texts and saved with the model.</summary>
    public IEmbeddingGenerator<string, Embedding<float>>? Encoder { get; init; }

    /// <summary>Settings of the corpus encoder; null for its defaults.</summary>
    public CorpusEncoderOptions? Corpus { get; init; }

    /// <summary>Settings of the calls: concurrency, retries, time-out, budget; null for their defaults.</summary>
    public KnowledgeGeneratorOptions? Generation { get; init; }

    /// <summary>Told after each answer.</summary>
    public IProgress<KnowledgeProgress>? Progress { get; init; }

    /// <summary>Stops the fit; answers so far are kept in <see cref="Store"/>.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Throws an <see cref="ArgumentException"/> that lists every contradiction.</summary>
    internal void Validate()
    {
        new Problems(nameof(SemanticVectorOptions))
            .Require(TextColumn is not null || Prompt is not null || Recorded is not null, "expected TextColumn, Prompt or Recorded, found none of them")
            .Require(TextColumn is null || Prompt is null, "expected TextColumn or Prompt, found both")
            .Require(ChatClient is null || Prompt is not null, "ChatClient: expected a Prompt to ask, found none")
            .Require(ChatClient is null || Store is not null, "Store: expected one, such as new SqliteKnowledgeStore(\"knowledge.db\"), because the answers of ChatClient are paid for, found none")
            .Require(Recorded is null || IdColumn is not null, "Recorded: expected IdColumn to look answers up by, found none")
            .Throw();
        Corpus?.Validate();     // now, not when a language model has been asked
    }
}
