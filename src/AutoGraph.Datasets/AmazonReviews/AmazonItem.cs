namespace AutoGraph.Datasets;

/// <summary>An Amazon product.</summary>
/// <param name="Id">Amazon's product number (ASIN).</param>
/// <param name="Title">Title on one line, or empty where the file has none.</param>
/// <param name="Category">What follows the title in the file (brand or category), or null.</param>
public sealed record AmazonItem(string Id, string Title, string? Category = null) : IEntityRow;
