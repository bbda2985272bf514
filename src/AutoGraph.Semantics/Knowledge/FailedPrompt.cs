namespace AutoGraph.Semantics.Knowledge;

/// <summary>A prompt that got no usable answer the last time it was asked; kept so that reasons outlive the process.</summary>
/// <param name="Source">Prompt version, model and generation options.</param>
/// <param name="Prompt">The rendered prompt.</param>
/// <param name="Kind">What went wrong.</param>
/// <param name="Reason">The same in a sentence; holds no text of exceptions, in which servers repeat keys.</param>
public sealed record FailedPrompt(KnowledgeSource Source, string Prompt, KnowledgeFailureKind Kind, string Reason)
{
    /// <summary>The store key: <see cref="KnowledgeSource.KeyOf"/> of the prompt.</summary>
    public string Key => Source.KeyOf(Prompt);

    /// <summary>When it was given up.</summary>
    public DateTimeOffset Created { get; init; }
}
