namespace AutoGraph;

/// <summary>An item like another item, or a user like another user.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Similarity">Cosine of their vectors, -1 to 1.</param>
public sealed record SimilarEntity(string Id, float Similarity);
