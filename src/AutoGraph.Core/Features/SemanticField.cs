namespace AutoGraph.Core.Features;

/// <summary>
/// The semantic vector of each row as content: a model reads it through two layers, Linear–ReLU–Linear, as one more field
/// (KAR, Xi et al. 2024; paper App. D.3).
/// </summary>
/// <param name="Name">The column it came from.</param>
/// <param name="Values">[N, Width] finite values, centred and scaled; see <see cref="Scaled"/>.</param>
/// <param name="Width">Values per row V, at least 1.</param>
public sealed record SemanticField(string Name, float[] Values, int Width) : FeatureField(Name)
{
    /// <summary>Root of the mean squared norm that <see cref="Scaled"/> gives the centred vectors.</summary>
    public const double Norm = 3;

    /// <summary>How vectors became values, for rows that join later; null where it is not known.</summary>
    public SemanticScale? Scale { get; init; }

    /// <inheritdoc/>
    public override int RowCount => Values.Length / Width;

    internal override void Check() => CheckValues(Values, Width);

    internal override FeatureField At(int row) => this with { Values = row < 0 ? new float[Width] : Values[(row * Width)..((row + 1) * Width)] };

    /// <summary>(v − v̄) · 3 / √(mean ‖v − v̄‖²), so that encoders of any scale learn alike. Identical vectors become zeros.</summary>
    /// <param name="name">The column they came from.</param>
    /// <param name="vectors">[N, width] finite values, at least one row.</param>
    /// <param name="width">Values per row V.</param>
    /// <exception cref="ArgumentException">The values are no whole rows, none, or not finite.</exception>
    public static SemanticField Scaled(string name, ReadOnlySpan<float> vectors, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (vectors.IsEmpty || vectors.Length % width != 0)
            throw new ArgumentException($"Expected rows of {width} values, found {vectors.Length} values.", nameof(vectors));
        for (int i = 0; i < vectors.Length; i++)
            if (!float.IsFinite(vectors[i])) throw new ArgumentException($"Expected finite values, found {vectors[i]} in row {i / width}.", nameof(vectors));
        int rows = vectors.Length / width;
        var mean = new double[width];
        for (int i = 0; i < vectors.Length; i++) mean[i % width] += vectors[i];
        for (int i = 0; i < width; i++) mean[i] /= rows;        // last: the mean of one value repeated is that value, to the bit
        double squares = 0;
        for (int i = 0; i < vectors.Length; i++) squares += Math.Pow(vectors[i] - mean[i % width], 2) / rows;
        double factor = squares > 0 ? Norm / Math.Sqrt(squares) : 0;
        var values = new float[vectors.Length];
        for (int i = 0; i < values.Length; i++) values[i] = (float)((vectors[i] - mean[i % width]) * factor);
        return new(name, values, width) { Scale = new([.. mean.Select(value => (float)value)], (float)factor) };
    }
}

/// <summary>(v − mean) · factor.</summary>
/// <param name="Mean">[V].</param>
/// <param name="Factor">At least 0.</param>
public sealed record SemanticScale(float[] Mean, float Factor)
{
    /// <summary>The vector of values that <see cref="Apply"/> gave, [V]; the mean where the factor is 0.</summary>
    internal float[] Undo(ReadOnlySpan<float> values)
    {
        var vector = Mean.ToArray();
        for (int i = 0; i < vector.Length && Factor > 0; i++) vector[i] += values[i] / Factor;
        return vector;
    }

    /// <summary>The values of one vector, [V].</summary>
    /// <exception cref="ArgumentException">The vector has another width, or values that are not finite.</exception>
    public float[] Apply(ReadOnlySpan<float> vector)
    {
        if (vector.Length != Mean.Length) throw new ArgumentException($"Expected a vector of {Mean.Length} values, as those fitted, found {vector.Length}. One encoder must have made all of them.", nameof(vector));
        var values = new float[vector.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = float.IsFinite(vector[i]) ? (vector[i] - Mean[i]) * Factor : throw new ArgumentException($"Expected finite values, found {vector[i]} in slot {i}.", nameof(vector));
        return values;
    }
}
