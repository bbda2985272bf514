using System.Globalization;
using System.Text;

namespace AutoGraph.Datasets;

/// <summary>The files of MovieLens-latest, full and small, which MovieLens-20M, -25M and -32M have too. They tell nothing of users.</summary>
internal static class MovieLensLatest
{
    public const string RatingsFile = "ratings.csv";

    private const string NoGenres = "(no genres listed)";

    public static RatingsDataSet<MovieLensUser, MovieLensItem> Read(string folder, CancellationToken cancellationToken)
    {
        string ratingsPath = DataFile.Locate(folder, RatingsFile), itemsPath = DataFile.Locate(folder, "movies.csv");
        var items = ReadItems(itemsPath);
        var known = TableIndex.Of(itemsPath, items);
        var (ratings, users) = (new List<RatingRow>(), new Dictionary<string, MovieLensUser>(StringComparer.Ordinal));
        using var file = Open(ratingsPath, ["userId", "movieId", "rating", "timestamp"]);
        while (file.Read())
        {
            if ((ratings.Count & 0xFFF) == 0) cancellationToken.ThrowIfCancellationRequested();
            string id = file.Text(0, "user id");
            if (!users.TryGetValue(id, out var user)) users.Add(id, user = new(id, "", null, "", ""));
            if (!known.TryGetPosition(file[1], out int item)) throw file.Bad($"film '{file[1]}', which the film file lacks");
            ratings.Add(new RatingRow(user.Id, known[item], Rating(file), file.Whole(3, "timestamp", 0, uint.MaxValue)));
        }
        return ratings.Count > 0 ? new("MovieLens-latest", MovieLens.PositiveAbove, ratings, [.. users.Values], items)
            : throw new InvalidDataException($"{ratingsPath}: expected ratings below the header, found none.");
    }

    private static float Rating(DelimitedFile file) =>
        float.TryParse(file[2], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out float rating) && rating is >= 0.5f and <= 5 ? rating
            : throw file.Bad($"rating '{file[2]}' (a number from 0.5 to 5 was due)");

    private static List<MovieLensItem> ReadItems(string path)
    {
        var items = new List<MovieLensItem>();
        using var file = Open(path, ["movieId", "title", "genres"]);
        while (file.Read())
        {
            string title = file.Text(1, "title").Trim();
            items.Add(new(file.Text(0, "film id"), title, MovieLensItem.YearOf(title), file[2] is "" or NoGenres ? [] : file[2].Split('|')));
        }
        return items;
    }

    private static DelimitedFile Open(string path, string[] header) =>
        new(path, ",", $"'{string.Join(',', header)}'", header.Length, Encoding.UTF8, quoted: true, header);
}
