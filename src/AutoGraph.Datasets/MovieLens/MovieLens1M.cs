namespace AutoGraph.Datasets;

/// <summary>The files of MovieLens-1M.</summary>
internal static class MovieLens1M
{
    public const string RatingsFile = "ratings.dat";

    /// <summary>Occupations by their number in users.dat, from the README of the data set.</summary>
    private static readonly string[] Occupations =
    [
        "other", "academic/educator", "artist", "clerical/admin", "college/grad student", "customer service", "doctor/health care",
        "executive/managerial", "farmer", "homemaker", "K-12 student", "lawyer", "programmer", "retired", "sales/marketing",
        "scientist", "self-employed", "technician/engineer", "tradesman/craftsman", "unemployed", "writer",
    ];

    public static RatingsDataSet<MovieLensUser, MovieLensItem> Read(string folder, CancellationToken cancellationToken)
    {
        string ratingsPath = DataFile.Locate(folder, RatingsFile), usersPath = DataFile.Locate(folder, "users.dat"),
            itemsPath = DataFile.Locate(folder, "movies.dat");
        var users = ReadUsers(usersPath);
        var items = ReadItems(itemsPath);
        var ratings = MovieLensRatings.Read(ratingsPath, "::", "'user::film::rating::timestamp'",
            TableIndex.Of(usersPath, users), TableIndex.Of(itemsPath, items), cancellationToken);
        return new("MovieLens-1M", MovieLens.PositiveAbove, ratings, users, items);
    }

    /// <summary>A field that must be "F" or "M".</summary>
    public static string Gender(DelimitedFile file, int field) => file[field] is "F" or "M" ? file[field] : throw file.Bad($"gender '{file[field]}' ('F' or 'M' was due)");

    private static List<MovieLensUser> ReadUsers(string path)
    {
        var users = new List<MovieLensUser>();
        using var file = new DelimitedFile(path, "::", "'user::gender::age group::occupation number::zip'", fields: 5);
        while (file.Read())
        {
            string occupation = Occupations[file.Whole(3, "occupation", 0, Occupations.Length - 1)];
            users.Add(new(file.Text(0, "user id"), Gender(file, 1), (int)file.Whole(2, "age group", 1, 150), occupation, file[4]));
        }
        return users;
    }

    private static List<MovieLensItem> ReadItems(string path)
    {
        var items = new List<MovieLensItem>();
        using var file = new DelimitedFile(path, "::", "'film::title::genre|genre|…'", fields: 3);
        while (file.Read())
        {
            string title = file.Text(1, "title").Trim();
            items.Add(new(file.Text(0, "film id"), title, MovieLensItem.YearOf(title), file.Text(2, "genre list").Split('|')));
        }
        return items;
    }
}
