using System.Text;

namespace AutoGraph.Datasets;

/// <summary>The files of Last.fm HetRec 2011.</summary>
internal static class LastFmFiles
{
    public const string ListeningFile = "user_artists.dat", ArtistsFile = "artists.dat";

    public static DelimitedFile Listening(string path) =>
        new(path, "\t", "'user<tab>artist<tab>count'", fields: 3, header: ["userID", "artistID", "weight"]);

    public static List<LastFmArtist> ReadArtists(string folder, CancellationToken cancellationToken)
    {
        string path = DataFile.Locate(folder, ArtistsFile);
        var tags = ReadTags(folder, cancellationToken);
        var artists = new List<LastFmArtist>();
        using (var file = new DelimitedFile(path, "\t", "'artist<tab>name<tab>url<tab>picture'", fields: 4, Encoding.UTF8, header: ["id", "name", "url", "pictureURL"]))
            while (file.Read())
                artists.Add(new(file.Text(0, "artist id"), file.Text(1, "name").Trim(), tags.GetValueOrDefault(file[0]) ?? []));
        TableIndex.Of(path, artists);
        return artists;
    }

    /// <summary>Original ids by their numbers 0, 1, 2, …</summary>
    public static List<string> ReadMap(string folder, string name)
    {
        var ids = new List<string>();
        using var file = new DelimitedFile(DataFile.Locate(folder, name), " ", "'id number' with numbers 0, 1, 2, …", fields: 2);
        while (file.Read())
        {
            if (file.Whole(1, "number", 0, int.MaxValue) != ids.Count) throw file.Bad($"number {file[1]} where {ids.Count} was due");
            ids.Add(file.Text(0, "id"));
        }
        return ids;
    }

    /// <summary>The distinct tags of each artist, the most frequent first.</summary>
    private static Dictionary<string, string[]> ReadTags(string folder, CancellationToken cancellationToken)
    {
        var names = new Dictionary<long, string>();
        using (var file = new DelimitedFile(DataFile.Locate(folder, "tags.dat"), "\t", "'tag number<tab>tag'", fields: 2, header: ["tagID", "tagValue"]))
            while (file.Read())
                if (!names.TryAdd(file.Whole(0, "tag number", 0, int.MaxValue), file.Text(1, "tag"))) throw file.Bad($"tag {file[0]} a second time");

        var counts = new Dictionary<string, Dictionary<long, int>>(StringComparer.Ordinal);
        int rows = 0;
        using (var file = new DelimitedFile(DataFile.Locate(folder, "user_taggedartists.dat"), "\t", "'user<tab>artist<tab>tag number<tab>day<tab>month<tab>year'",
            fields: 6, header: ["userID", "artistID", "tagID", "day", "month", "year"]))
            while (file.Read())
            {
                if ((rows++ & 0xFFF) == 0) cancellationToken.ThrowIfCancellationRequested();
                long tag = file.Whole(2, "tag number", 0, int.MaxValue);
                if (!names.ContainsKey(tag)) throw file.Bad($"tag {tag}, which the tag file lacks");
                if (!counts.TryGetValue(file[1], out var own)) counts[file[1]] = own = [];
                own[tag] = own.GetValueOrDefault(tag) + 1;
            }
        return counts.ToDictionary(artist => artist.Key,
            artist => artist.Value.OrderByDescending(tag => tag.Value).ThenBy(tag => tag.Key).Select(tag => names[tag.Key]).Distinct().ToArray(), StringComparer.Ordinal);
    }
}
