namespace AutoGraph.Torch.Quantization;

/// <summary>Checks vectors before any work starts.</summary>
internal static class RowCheck
{
    /// <summary>The number of rows.</summary>
    /// <exception cref="ArgumentException">The width does not divide the values, there are too few rows, or one is not finite; the message names the row.</exception>
    public static int Count(ReadOnlySpan<float> vectors, int dimension, int fewest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        if (vectors.Length % dimension != 0)
            throw new ArgumentException($"Expected vectors of {dimension} values, found {vectors.Length} values in all, which {dimension} does not divide.", nameof(vectors));
        int rows = vectors.Length / dimension;
        if (rows < fewest) throw new ArgumentException($"Expected at least {fewest} vectors to quantize, found {rows}.", nameof(vectors));
        for (int i = 0; i < vectors.Length; i++)
            if (!float.IsFinite(vectors[i]))
                throw new ArgumentException($"Expected finite vectors, found {vectors[i]} in row {i / dimension}, dimension {i % dimension}. Check the encoder's output.", nameof(vectors));
        return rows;
    }
}
