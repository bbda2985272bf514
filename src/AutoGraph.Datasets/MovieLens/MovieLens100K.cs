namespace AutoGraph.Datasets;

/// <summary>The files of MovieLens-100K.</summary>
internal static class MovieLens100K
{
    public const string RatingsFile = "u.data";

    /// <summary>Fields of u.item before the genre flags: id, title, release date, video release date, URL.</summary>
    private const int FieldsBeforeGenres = 5;

    public static RatingsDataSet<MovieLensUser, MovieLensItem> Read(string folder, CancellationToken cancellationToken)
    {
        string ratingsPath = DataFile.Locate(folder, RatingsFile), usersPath = DataFile.Locate(folder, "u.user"),
            itemsPath = DataFile.Locate(folder, "u.item"), genresPath = DataFile.Locate(folder, "u.genre");
        var users = ReadUsers(usersPath);
        var items = ReadItems(itemsPath, ReadGenres(genresPath));
        var ratings = MovieLensRatings.Read(ratingsPath, "\t", "'user<tab>film<tab>rating<tab>timestamp'",
            TableIndex.Of(usersPath, users), TableIndex.Of(itemsPath, items), cancellationToken);
        return new("MovieLens-100K", MovieLens.PositiveAbove, ratings, users, items);
    }

    private static List<MovieLensUser> ReadUsers(string path)
    {
        var users = new List<MovieLensUser>();
        using var file = new DelimitedFile(path, "|", "'user|age|gender|occupation|zip'", fields: 5);
        while (file.Read())
            users.Add(new(file.Text(0, "user id"), MovieLens1M.Gender(file, 2), (int)file.Whole(1, "age", 1, 150), file.Text(3, "occupation"), file[4]));
        return users;
    }

    private static string[] ReadGenres(string path)
    {
        var genres = new List<string>();
        using var file = new DelimitedFile(path, "|", "'genre|number' with numbers 0, 1, 2, …", fields: 2);
        while (file.Read())
        {
            if (file.Whole(1, "genre number", 0, 1000) != genres.Count) throw file.Bad($"number {file[1]} where {genres.Count} was due");
            genres.Add(file.Text(0, "genre"));
        }
        return [.. genres];
    }

    private static List<MovieLensItem> ReadItems(string path, string[] genres)
    {
        var items = new List<MovieLensItem>();
        using var file = new DelimitedFile(path, "|", $"'film|title|released|video released|url' and {genres.Length} genre flags, between '|'", FieldsBeforeGenres + genres.Length);
        while (file.Read())
        {
            var own = new List<string>();
            for (int genre = 0; genre < genres.Length; genre++)
                if (file.Whole(FieldsBeforeGenres + genre, $"flag of genre '{genres[genre]}'", 0, 1) == 1) own.Add(genres[genre]);
            string title = file.Text(1, "title").Trim();
            items.Add(new(file.Text(0, "film id"), title, MovieLensItem.YearOf(title), own));
        }
        return items;
    }
}
