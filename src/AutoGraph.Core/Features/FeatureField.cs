namespace AutoGraph.Core.Features;

/// <summary>One feature of every user (or item), encoded for a model.</summary>
/// <param name="Name">The column it came from.</param>
public abstract record FeatureField(string Name)
{
    /// <summary>Number of entities.</summary>
    public abstract int RowCount { get; }
}

/// <summary>One category per row.</summary>
/// <param name="Name">The column it came from.</param>
/// <param name="Ids">[N] category of each row, 0 ≤ id &lt; <paramref name="Cardinality"/>, or -1 where it is unknown or missing.</param>
/// <param name="Cardinality">Number of known categories.</param>
public sealed record CategoricalField(string Name, int[] Ids, int Cardinality) : FeatureField(Name)
{
    /// <inheritdoc/>
    public override int RowCount => Ids.Length;
}

/// <summary>Any number of categories per row (their embeddings are averaged).</summary>
/// <param name="Name">The column it came from.</param>
/// <param name="Offsets">[N + 1] where each row's categories begin in <paramref name="Ids"/>.</param>
/// <param name="Ids">Known categories only, 0 ≤ id &lt; <paramref name="Cardinality"/>; a row may have none.</param>
/// <param name="Cardinality">Number of known categories.</param>
public sealed record MultiCategoricalField(string Name, int[] Offsets, int[] Ids, int Cardinality) : FeatureField(Name)
{
    /// <inheritdoc/>
    public override int RowCount => Offsets.Length - 1;
}

/// <summary>A number or a dense vector per row.</summary>
/// <param name="Name">The column it came from.</param>
/// <param name="Values">[N, Width] finite values, standardised by the caller.</param>
/// <param name="Width">Values per row, at least 1.</param>
public sealed record DenseField(string Name, float[] Values, int Width) : FeatureField(Name)
{
    /// <inheritdoc/>
    public override int RowCount => Values.Length / Width;
}
