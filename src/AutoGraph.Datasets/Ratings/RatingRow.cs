namespace AutoGraph.Datasets;

/// <summary>One row of a ratings file.</summary>
/// <param name="UserId">The user's id as written in the file.</param>
/// <param name="ItemId">The item's id as written in the file.</param>
/// <param name="Rating">The rating, in the data set's own scale.</param>
/// <param name="Timestamp">Seconds since 1970-01-01 UTC.</param>
public readonly record struct RatingRow(string UserId, string ItemId, float Rating, long Timestamp);
