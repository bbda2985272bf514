namespace AutoGraph.Datasets;

/// <summary>One row of a ratings file.</summary>
/// <param name="UserId">The user's id in the user table.</param>
/// <param name="ItemId">The item's id in the item table.</param>
/// <param name="Rating">The rating, in the data set's own scale.</param>
/// <param name="Timestamp">Seconds since 1970-01-01 UTC; in a data set without times a number that grows with the order it gives, ties by row.</param>
public readonly record struct RatingRow(string UserId, string ItemId, float Rating, long Timestamp);
