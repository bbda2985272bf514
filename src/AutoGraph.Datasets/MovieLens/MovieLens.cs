namespace AutoGraph.Datasets;

/// <summary>Reads MovieLens folders in the official formats: 100K, 1M, and latest, which 20M, 25M and 32M have too.</summary>
/// <remarks>
/// Files may be gzip-compressed (<c>ratings.dat.gz</c>); text is ISO-8859-1, in latest UTF-8. 100K: <c>u.data</c>, <c>u.user</c>, <c>u.item</c>,
/// <c>u.genre</c>. 1M: <c>ratings.dat</c>, <c>users.dat</c>, <c>movies.dat</c>. Latest: <c>ratings.csv</c>,
/// <c>movies.csv</c>, without anything about users. The data sets are published by GroupLens
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
        (string File, string Name, Func<string, CancellationToken, RatingsDataSet<MovieLensUser, MovieLensItem>> Read)[] formats =
        [
            (MovieLens100K.RatingsFile, "100K", MovieLens100K.Read), (MovieLens1M.RatingsFile, "1M", MovieLens1M.Read), (MovieLensLatest.RatingsFile, "latest", MovieLensLatest.Read),
        ];
        var found = formats.Where(format => DataFile.Exists(folder, format.File)).ToArray();
        return found.Length switch
        {
            1 => found[0].Read(folder, cancellationToken),
            0 => throw new FileNotFoundException($"Expected {string.Join(" or ", formats.Select(format => $"'{format.File}' (MovieLens-{format.Name})"))}, plain or .gz, in '{folder}', found none. Unpack ml-100k.zip, ml-1m.zip or ml-latest-small.zip and name the folder inside."),
            _ => throw new InvalidDataException($"Expected one data set in '{folder}', found the ratings of {found.Length}: {string.Join(", ", found.Select(format => $"'{format.File}' ({format.Name})"))}. Give each its own folder."),
        };
    }
}
