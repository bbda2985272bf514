namespace Serving;

/// <summary>A book to add; what is not known of it is left out.</summary>
internal sealed record Book(string Knowledge, string? Title, string? Author, string? Genre, int? Year)
{
    /// <summary>What is known, by column of the item table.</summary>
    public Dictionary<string, object> Values()
    {
        (string Name, object? Value)[] columns = [(nameof(Title), Title), (nameof(Author), Author), (nameof(Genre), Genre), (nameof(Year), Year)];
        return columns.Where(column => column.Value is not null).ToDictionary(column => column.Name, column => column.Value!);
    }
}
