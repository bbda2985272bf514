namespace AutoGraph.Datasets;

/// <summary>A Book-Crossing book.</summary>
/// <param name="Id">ISBN as written in the file.</param>
/// <param name="Title">Title.</param>
/// <param name="Author">First author.</param>
/// <param name="Year">Year of publication as stated, or null where it is 0.</param>
/// <param name="Publisher">Publisher.</param>
public sealed record BookCrossingBook(string Id, string Title, string Author, int? Year, string Publisher) : IEntityRow;
