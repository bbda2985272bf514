namespace AutoGraph.Core.Features;

/// <summary>One feature of every user (or item), encoded for a model.</summary>
/// <remarks>The kinds are those of this library, since models and files know no others: <see cref="CategoricalField"/>, <see cref="MultiCategoricalField"/>, <see cref="DenseField"/>, <see cref="SemanticField"/>.</remarks>
public abstract record FeatureField
{
    private protected FeatureField(string name) => Name = name;

    /// <summary>The column it came from.</summary>
    public string Name { get; init; }

    /// <summary>Number of entities.</summary>
    public abstract int RowCount { get; }

    /// <summary>One row as a field of its own; -1 gives a row that knows nothing: no category, numbers at their mean.</summary>
    /// <remarks>Internal, so that no one outside can derive: the copy constructor of a record cannot be hidden.</remarks>
    internal abstract FeatureField At(int row);

    /// <summary>Throws an <see cref="ArgumentException"/> where values are not what the field promises.</summary>
    internal abstract void Check();

    /// <summary>Throws where categories are not in their range.</summary>
    private protected void CheckIds(int[] ids, int lowest, int cardinality)
    {
        int wrong = Array.FindIndex(ids, id => id < lowest || id >= cardinality);
        if (wrong >= 0) throw new ArgumentException($"Expected categories from {lowest} to {cardinality - 1} in feature '{Name}', found {ids[wrong]} at position {wrong}.");
    }

    /// <summary>Throws where values are no whole rows of finite numbers.</summary>
    private protected void CheckValues(float[] values, int width)
    {
        if (width < 1 || values.Length % width != 0) throw new ArgumentException($"Expected whole rows of at least one value in feature '{Name}', found {values.Length} values in rows of {width}.");
        int wrong = Array.FindIndex(values, value => !float.IsFinite(value));
        if (wrong >= 0) throw new ArgumentException($"Expected finite values in feature '{Name}', found {values[wrong]} in row {wrong / width}. Fill in what is missing, with the mean for instance.");
    }
}

/// <summary>One category per row.</summary>
/// <param name="Name">The column it came from.</param>
/// <param name="Ids">[N] category of each row, 0 ≤ id &lt; <paramref name="Cardinality"/>, or -1 where it is unknown or missing.</param>
/// <param name="Cardinality">Number of known categories.</param>
public sealed record CategoricalField(string Name, int[] Ids, int Cardinality) : FeatureField(Name)
{
    /// <inheritdoc/>
    public override int RowCount => Ids.Length;

    internal override FeatureField At(int row) => this with { Ids = [row < 0 ? -1 : Ids[row]] };

    internal override void Check() => CheckIds(Ids, -1, Cardinality);
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

    internal override FeatureField At(int row) => Of(row < 0 ? [] : Ids[Offsets[row]..Offsets[row + 1]]);

    internal override void Check()
    {
        CheckIds(Ids, 0, Cardinality);
        bool rising = Offsets.Length > 0 && Offsets.Zip(Offsets.Skip(1)).All(pair => pair.First <= pair.Second);
        if (!rising || Offsets[0] != 0 || Offsets[^1] != Ids.Length)
            throw new ArgumentException($"Expected rising offsets from 0 to {Ids.Length} in feature '{Name}', found others.");
    }

    /// <summary>The same field with one row.</summary>
    internal MultiCategoricalField Of(int[] ids) => this with { Offsets = [0, ids.Length], Ids = ids };
}

/// <summary>A number or a dense vector per row.</summary>
/// <param name="Name">The column it came from.</param>
/// <param name="Values">[N, Width] finite values, standardised by the caller.</param>
/// <param name="Width">Values per row, at least 1.</param>
public sealed record DenseField(string Name, float[] Values, int Width) : FeatureField(Name)
{
    /// <inheritdoc/>
    public override int RowCount => Values.Length / Width;

    internal override void Check() => CheckValues(Values, Width);

    internal override FeatureField At(int row) => this with { Values = row < 0 ? new float[Width] : Values[(row * Width)..((row + 1) * Width)] };
}
