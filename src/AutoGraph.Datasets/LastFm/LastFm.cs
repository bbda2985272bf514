using System.Globalization;

namespace AutoGraph.Datasets;

/// <summary>Reads Last.fm of HetRec 2011 (Cantador et al. 2011): how often listeners heard artists.</summary>
/// <remarks>
/// Files, plain or .gz, tab-separated with a header: <c>artists.dat</c>, <c>tags.dat</c>, <c>user_artists.dat</c>, <c>user_taggedartists.dat</c>.
/// The rating is the number of times a listener heard the artist; every row is positive. There are no times. Safe for concurrent use.
/// </remarks>
public static class LastFm
{
    private const string TextsFolder = "llm_colakg";

    /// <summary>Reads all listeners and artists, with Last.fm's own ids, in file order; the timestamp is the row number.</summary>
    /// <remarks>The file has each listener's artists by ascending id, which is no order in time: a split by the last row holds out artists that few others know. Split at random, or take <see cref="ReadWithTexts"/>.</remarks>
    /// <param name="folder">The unpacked data set.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A line is not as expected; the message names file, line, expected and found.</exception>
    public static RatingsDataSet<LastFmUser, LastFmArtist> Read(string folder, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string path = DataFile.Locate(folder, LastFmFiles.ListeningFile);
        var artists = LastFmFiles.ReadArtists(folder, cancellationToken);
        var known = artists.Select(artist => artist.Id).ToHashSet(StringComparer.Ordinal);
        var (ratings, pairs) = (new List<RatingRow>(), new HashSet<(string, string)>());
        using var file = LastFmFiles.Listening(path);
        while (file.Read())
        {
            if ((ratings.Count & 0xFFF) == 0) cancellationToken.ThrowIfCancellationRequested();
            if (!known.Contains(file[1])) throw file.Bad($"artist '{file[1]}', which the artist file lacks");
            if (!pairs.Add((file[0], file[1]))) throw file.Bad($"artist '{file[1]}' of user '{file[0]}' a second time");
            ratings.Add(new(file.Text(0, "user id"), file[1], file.Whole(2, "listening count", 1, int.MaxValue), Timestamp: ratings.Count));
        }
        if (ratings.Count == 0) throw new InvalidDataException($"{path}: expected lines of 'user<tab>artist<tab>count', found none.");
        return new("Last.fm HetRec 2011", positiveAbove: 0, ratings, [.. ratings.Select(rating => rating.UserId).Distinct().Select(id => new LastFmUser(id))], artists);
    }

    /// <summary>Reads the listeners and artists that have a recorded LLM text (Cui et al. 2025, CoLaKG), under the numbers that the texts use as ids.</summary>
    /// <remarks>
    /// Further files in the folder <c>llm_colakg</c>: <c>train.txt</c> and <c>test.txt</c> with a line "user item item …" per user, <c>user_map.txt</c> and
    /// <c>item_map.txt</c> with lines "Last.fm id, number"; the texts themselves are <c>llm_response_user.json</c> and <c>llm_response_item.json</c>
    /// (<see cref="KnowledgeFile"/>). The split is random and texts of users tell of <c>train.txt</c>: its rows come first with timestamp 0, those of
    /// <c>test.txt</c> follow with timestamp 1, so that a split by time holds out the latter.
    /// </remarks>
    /// <inheritdoc cref="Read" path="/param"/>
    /// <inheritdoc cref="Read" path="/exception"/>
    public static RatingsDataSet<LastFmUser, LastFmArtist> ReadWithTexts(string folder, CancellationToken cancellationToken = default)
    {
        var all = Read(folder, cancellationToken);
        string texts = Path.Combine(folder, TextsFolder);
        var (userIds, artistIds) = (LastFmFiles.ReadMap(texts, "user_map.txt"), LastFmFiles.ReadMap(texts, "item_map.txt"));
        var artistOf = all.Items.ToDictionary(artist => artist.Id, StringComparer.Ordinal);
        var counts = all.Ratings.ToDictionary(rating => (rating.UserId, rating.ItemId), rating => rating.Rating);
        LastFmUser[] users = [.. userIds.Select((_, number) => new LastFmUser(Text(number)))];
        LastFmArtist[] artists = [.. artistIds.Select((id, number) => artistOf.TryGetValue(id, out var artist)
            ? artist with { Id = Text(number) }
            : throw new InvalidDataException($"{Path.Combine(texts, "item_map.txt")}, line {number + 1}: expected an artist of {LastFmFiles.ArtistsFile}, found '{id}'."))];
        var ratings = new List<RatingRow>();
        foreach (var (name, time) in new[] { ("train.txt", 0), ("test.txt", 1) })
        {
            using var file = new DelimitedFile(DataFile.Locate(texts, name), " ", "'user item item …', each by its number", fields: null);
            while (file.Read())
            {
                cancellationToken.ThrowIfCancellationRequested();
                int user = (int)file.Whole(0, "user number", 0, users.Length - 1);
                for (int field = 1; field < file.Count; field++)
                {
                    int artist = (int)file.Whole(field, "item number", 0, artists.Length - 1);
                    if (!counts.Remove((userIds[user], artistIds[artist]), out float count))
                        throw file.Bad($"item {artist} of user {user}, a pair that {LastFmFiles.ListeningFile} lacks or that came before");
                    ratings.Add(new(users[user].Id, artists[artist].Id, count, time));
                }
            }
        }
        return new("Last.fm HetRec 2011 with LLM texts", positiveAbove: 0, ratings, users, artists);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
