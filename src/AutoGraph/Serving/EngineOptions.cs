namespace AutoGraph;

/// <summary>How an engine works, beside model and log.</summary>
/// <remarks>Immutable by contract.</remarks>
public sealed record EngineOptions
{
    /// <summary>An approximate index over the item vectors, for catalogues of hundreds of thousands of items. Default null: every request scores every item.</summary>
    public ApproximateIndexOptions? Index { get; init; }

    internal static EngineOptions Default { get; } = new();

    /// <summary>Throws an <see cref="ArgumentException"/> that lists every invalid option.</summary>
    internal void Validate() => Index?.Validate();
}
