namespace AutoGraph;

/// <summary>Row types of the loaded data sets; ML.NET makes columns of their properties.</summary>
internal static class DataRows
{
    internal sealed record Interaction(string UserId, string ItemId, long Timestamp);

    internal sealed record FilmUser(string UserId, string Gender, int Age, string AgeGroup, string Occupation, string Zip);

    internal sealed record Film(string ItemId, string Title, string Year, string[] Genres, string Knowledge);

    internal sealed record Reader(string UserId, string AgeGroup, string Country, string Occupation, string Knowledge);

    internal sealed record Book(string ItemId, string Title, string Author, string Genre, int Year, float Price, string Knowledge);
}
