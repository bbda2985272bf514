namespace AutoGraph.Core.Interpretation;

/// <summary>Maps in the plane of all levels' code vectors together, so that levels compare (paper Fig. 3).</summary>
public static class CodebookMap
{
    /// <summary>By the two principal components: distances between far groups keep their meaning.</summary>
    /// <param name="codebooks">Per level [K_t, width] code vectors.</param>
    /// <param name="width">Width of a code vector.</param>
    /// <returns>One point per code, by level, then by code.</returns>
    /// <exception cref="ArgumentException">There are fewer than two code vectors, a level has a part of one, or a value is not finite.</exception>
    public static IReadOnlyList<CodebookPoint> ByPrincipalComponents(IReadOnlyList<float[]> codebooks, int width) =>
        Points(codebooks, width, (rows, count) => PrincipalComponents.Project(rows, count, width));

    /// <summary>By t-SNE: who is near to whom is kept, distances between far groups are not.</summary>
    /// <remarks>Exact: time and memory grow with the square of the number of code vectors, of which there may be 5,000.</remarks>
    /// <param name="codebooks">Per level [K_t, width] code vectors.</param>
    /// <param name="width">Width of a code vector.</param>
    /// <param name="options">Perplexity, iterations, seed; null for the defaults.</param>
    /// <returns>One point per code, by level, then by code.</returns>
    /// <exception cref="ArgumentException">There are fewer than two code vectors or more than 5,000, a level has a part of one, a value is not finite, or an option is out of range.</exception>
    /// <exception cref="OperationCanceledException">The token of the options was cancelled.</exception>
    public static IReadOnlyList<CodebookPoint> ByTSne(IReadOnlyList<float[]> codebooks, int width, TSneOptions? options = null)
    {
        options ??= new();
        options.Validate();
        return Points(codebooks, width, (rows, count) => count <= TSne.MostRows ? TSne.Map(rows, count, width, options)
            : throw new ArgumentException($"Expected at most {TSne.MostRows} code vectors for t-SNE, found {count}. Map fewer levels, or by principal components.", nameof(codebooks)));
    }

    private static CodebookPoint[] Points(IReadOnlyList<float[]> codebooks, int width, Func<float[], int, double[]> project)
    {
        ArgumentNullException.ThrowIfNull(codebooks);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        float[] rows = [.. codebooks.SelectMany(book => book)];
        int count = rows.Length / width;
        if (count < 2 || codebooks.Any(book => book.Length % width != 0) || !Array.TrueForAll(rows, float.IsFinite))
            throw new ArgumentException($"Expected two or more code vectors of {width} finite values, found levels of {string.Join(", ", codebooks.Select(book => book.Length))} values{(Array.TrueForAll(rows, float.IsFinite) ? "" : ", some of them not finite")}.", nameof(codebooks));
        var places = project(rows, count);
        return [.. codebooks.SelectMany((book, level) => Enumerable.Range(0, book.Length / width).Select(code => (level, code))).Select((x, i) => new CodebookPoint(x.level, x.code, places[2 * i], places[2 * i + 1]))];
    }
}
