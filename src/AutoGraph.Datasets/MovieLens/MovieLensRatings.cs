using AutoGraph.Core.Interactions;

namespace AutoGraph.Datasets;

/// <summary>The ratings file, which both formats share but for the delimiter.</summary>
internal static class MovieLensRatings
{
    public static List<RatingRow> Read(string path, string delimiter, string format, EntityIndex users, EntityIndex items, CancellationToken cancellationToken)
    {
        var ratings = new List<RatingRow>();
        using var file = new DelimitedFile(path, delimiter, format, fields: 4);
        while (file.Read())
        {
            if ((ratings.Count & 0xFFF) == 0) cancellationToken.ThrowIfCancellationRequested();
            if (!users.TryGetPosition(file[0], out int user)) throw file.Bad($"user '{file[0]}', whom the user file lacks");
            if (!items.TryGetPosition(file[1], out int item)) throw file.Bad($"film '{file[1]}', which the film file lacks");
            float rating = file.Whole(2, "rating", 1, 5);
            ratings.Add(new RatingRow(users[user], items[item], rating, file.Whole(3, "timestamp", 0, uint.MaxValue)));
        }
        return ratings.Count > 0 ? ratings : throw new InvalidDataException($"{path}: expected lines of {format}, found an empty file.");
    }
}
