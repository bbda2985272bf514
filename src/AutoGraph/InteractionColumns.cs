namespace AutoGraph;

/// <summary>Names of the columns of an interaction table.</summary>
public sealed record InteractionColumns
{
    /// <summary>User id: text, a key or a whole number. Default "UserId".</summary>
    public string User { get; init; } = "UserId";

    /// <summary>Item id: text, a key or a whole number. Default "ItemId".</summary>
    public string Item { get; init; } = "ItemId";

    /// <summary>Time of the interaction: a number, <see cref="DateTime"/> or <see cref="DateTimeOffset"/>; null: the order of the rows. Default "Timestamp".</summary>
    public string? Timestamp { get; init; } = "Timestamp";

    /// <summary>Item ids of the user's earlier interactions, oldest first; read where a row brings the column. Default "History".</summary>
    public string History { get; init; } = "History";

    internal static readonly InteractionColumns Default = new();
}
