namespace AutoGraph.Datasets;

/// <summary>Reads Amazon reviews (McAuley et al. 2015) as sequences with titles, such as the 5-core Beauty of 2014.</summary>
/// <remarks>
/// Files, plain or .gz, UTF-8: <c>test.txt</c> with a line "user item item …" per user in order of time; <c>item_list.txt</c> and
/// <c>user_list.txt</c> with a header and lines "id number" that name the numbers 0, 1, 2, …, the items with a title in quotation marks
/// (a line break within it becomes a space) and possibly brand or category behind it. A <c>train.txt</c>, the same sequences without their last
/// item, is not needed. There are no ratings: every row is an interaction of rating 1; its timestamp is the row number. Safe for concurrent use.
/// </remarks>
public static class AmazonReviews
{
    private const string SequencesFile = "test.txt", ItemsFile = "item_list.txt", UsersFile = "user_list.txt";

    /// <summary>Reads a folder.</summary>
    /// <param name="folder">The folder of the files.</param>
    /// <param name="name">Name for reports.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A line is not as expected; the message names file, line, expected and found.</exception>
    public static RatingsDataSet<AmazonUser, AmazonItem> Read(string folder, string name = "Amazon Beauty", CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string sequencesPath = DataFile.Locate(folder, SequencesFile), itemsPath = DataFile.Locate(folder, ItemsFile), usersPath = DataFile.Locate(folder, UsersFile);
        var items = AmazonItemList.Read(itemsPath);
        var users = ReadUsers(usersPath);
        TableIndex.Of(itemsPath, items);
        TableIndex.Of(usersPath, users);
        return new(name, positiveAbove: 0, ReadSequences(sequencesPath, users, items, cancellationToken), users, items);
    }

    private static List<AmazonUser> ReadUsers(string path)
    {
        var users = new List<AmazonUser>();
        using var file = new DelimitedFile(path, " ", "'user number' with numbers 0, 1, 2, …", fields: 2, header: ["org_id", "remap_id"]);
        while (file.Read())
        {
            if (file.Whole(1, "number", 0, int.MaxValue) != users.Count) throw file.Bad($"number {file[1]} where {users.Count} was due");
            users.Add(new(file.Text(0, "user id")));
        }
        return users;
    }

    private static List<RatingRow> ReadSequences(string path, List<AmazonUser> users, List<AmazonItem> items, CancellationToken cancellationToken)
    {
        var (ratings, seen) = (new List<RatingRow>(), new HashSet<string>(StringComparer.Ordinal));
        using var file = new DelimitedFile(path, " ", "'user item item …', each by its number", fields: null);
        while (file.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            string user = TableIndex.IdAt(users, file, 0, "user number");
            if (!seen.Add(user)) throw file.Bad($"user {file[0]} a second time");
            if (file.Count == 1) throw file.Bad("a user without items");
            for (int field = 1; field < file.Count; field++)
                ratings.Add(new(user, TableIndex.IdAt(items, file, field, "item number"), Rating: 1, Timestamp: ratings.Count));
        }
        return ratings.Count > 0 ? ratings : throw new InvalidDataException($"{path}: expected lines of 'user item item …', found an empty file.");
    }
}
