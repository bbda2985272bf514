namespace AutoGraph.Datasets;

/// <summary>Reads MovieLens folders in the official 100K and 1M formats.</summary>
/// <remarks>
/// Files may be gzip-compressed (<c>ratings.dat.gz</c>); text is ISO-8859-1. 100K: <c>u.data</c>, <c>u.user</c>, <c>u.item</c>,
/// <c>u.genre</c>. 1M: <c>ratings.dat</c>, <c>users.dat</c>, <c>movies.dat</c>. The data sets are published by GroupLens
/// (Harper and Konstan 2015) for research; their terms forbid redistribution, so none is bundled. Safe for concurrent use.
/// </remarks>
public static class MovieLens
{
    /// <summary>Ratings above this value are positive (paper App. B).</summary>
    public const float PositiveAbove = 3;

    /// <summary>Reads a folder; the files in it tell the format.</summary>
    /// <param name="folder">The unpacked data set.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">A file of the format is missing.</exception>
    /// <exception cref="InvalidDataException">A line is not as expected; the message names file, line, expected and found.</exception>
    public static RatingsDataSet<MovieLensUser, MovieLensItem> Read(string folder, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"Expected a MovieLens folder at '{folder}', found no folder there.");
        return (DataFile.Exists(folder, MovieLens100K.RatingsFile), DataFile.Exists(folder, MovieLens1M.RatingsFile)) switch
        {
            (true, false) => MovieLens100K.Read(folder, cancellationToken),
            (false, true) => MovieLens1M.Read(folder, cancellationToken),
            (true, true) => throw new InvalidDataException($"Expected one data set in '{folder}', found the ratings of two: '{MovieLens100K.RatingsFile}' (100K) and '{MovieLens1M.RatingsFile}' (1M). Give each its own folder."),
            _ => throw new FileNotFoundException($"Expected '{MovieLens100K.RatingsFile}' (MovieLens-100K) or '{MovieLens1M.RatingsFile}' (MovieLens-1M), plain or .gz, in '{folder}', found neither. Unpack ml-100k.zip or ml-1m.zip and name the folder inside."),
        };
    }
}
