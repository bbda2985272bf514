namespace AutoGraph.Semantics.Knowledge;

/// <summary>One answer of a language model, with everything it depended on and cost.</summary>
/// <param name="Source">Prompt version, model and generation options.</param>
/// <param name="Prompt">The rendered prompt.</param>
/// <param name="Text">The answer.</param>
public sealed record KnowledgeRecord(KnowledgeSource Source, string Prompt, string Text)
{
    /// <summary>The store key: <see cref="KnowledgeSource.KeyOf"/> of the prompt.</summary>
    public string Key => Source.KeyOf(Prompt);

    /// <summary>Tokens of the prompt as the model counted them; null where it did not say.</summary>
    public long? InputTokens { get; init; }

    /// <summary>Tokens of the answer as the model counted them; null where it did not say.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>Time the successful call took; zero for recorded answers.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>When the answer came.</summary>
    public DateTimeOffset Created { get; init; }
}
