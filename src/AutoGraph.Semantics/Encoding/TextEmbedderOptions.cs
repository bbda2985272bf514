namespace AutoGraph.Semantics.Encoding;

/// <summary>Settings of <see cref="TextEmbedder"/>.</summary>
public sealed record TextEmbedderOptions
{
    /// <summary>Texts per call of the encoder, each call stored before the next, 1 or more; default 256.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>What vectors are stored by; default null: provider and model of the encoder's metadata.</summary>
    public string? EncoderId { get; init; }
}
