namespace AutoGraph.Datasets;

/// <summary>An Amazon customer; nothing but the id is known.</summary>
/// <param name="Id">Amazon's reviewer id.</param>
public sealed record AmazonUser(string Id) : IEntityRow;
