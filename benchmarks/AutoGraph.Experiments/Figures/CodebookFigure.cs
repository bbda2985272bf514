using AutoGraph.Core.Interpretation;

namespace AutoGraph.Experiments;

/// <summary>One side's codebooks in the plane (paper Fig. 3), and what the picture says in figures.</summary>
/// <param name="Dataset">The data set.</param>
/// <param name="Side">"users" or "items".</param>
/// <param name="Points">Where every code vector of every level stands.</param>
/// <param name="Levels">What there is to say of each level.</param>
internal sealed record CodebookFigure(string Dataset, string Side, CodebookPoint[] Points, LevelFigures[] Levels)
{
    /// <summary>Maps all levels together by t-SNE.</summary>
    /// <exception cref="ArgumentException">There are more codes than exact t-SNE takes.</exception>
    public static CodebookFigure Of(string dataset, string side, FactorCodes codes, int seed, CancellationToken cancellationToken)
    {
        var fitted = codes.Fitted;
        float[][] books = [.. Enumerable.Range(0, fitted.Levels).Select(fitted.Codebook)];
        var points = CodebookMap.ByTSne(books, fitted.Dimension, new() { Seed = seed, CancellationToken = cancellationToken });
        return new(dataset, side, [.. points], [.. books.Select((book, level) => LevelFigures.Of(book, fitted.Dimension, codes.Health.Levels[level].RelativeError))]);
    }
}

/// <summary>How the code vectors of a level lie.</summary>
/// <param name="Codes">Their number.</param>
/// <param name="Norm">Root mean square of their lengths.</param>
/// <param name="Nearest">Mean distance to the nearest other one of the level, as a part of <paramref name="Norm"/>: small where they form groups.</param>
/// <param name="RelativeError">Part of the variance that is left after the level, 0 to 1.</param>
internal sealed record LevelFigures(int Codes, double Norm, double Nearest, double RelativeError)
{
    /// <param name="book">[K, width].</param>
    /// <param name="width">Width of a code vector.</param>
    /// <param name="relativeError">As the health of the codes says.</param>
    public static LevelFigures Of(float[] book, int width, double relativeError)
    {
        int codes = book.Length / width;
        double squares = 0, nearest = 0;
        for (int code = 0; code < codes; code++)
        {
            double least = double.PositiveInfinity;
            for (int other = 0; other < codes; other++)
                if (other != code) least = Math.Min(least, SquaredDistance(book, code * width, other * width, width));
            if (codes > 1) nearest += Math.Sqrt(least) / codes;
            for (int d = 0; d < width; d++) squares += (double)book[code * width + d] * book[code * width + d];
        }
        double norm = Math.Sqrt(squares / codes);
        return new(codes, norm, norm > 0 ? nearest / norm : 0, relativeError);
    }

    private static double SquaredDistance(float[] book, int a, int b, int width)
    {
        double sum = 0;
        for (int d = 0; d < width; d++) sum += ((double)book[a + d] - book[b + d]) * ((double)book[a + d] - book[b + d]);
        return sum;
    }
}
