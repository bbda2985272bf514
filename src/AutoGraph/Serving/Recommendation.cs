namespace AutoGraph;

/// <summary>One of the best items for a user, and why.</summary>
/// <param name="ItemId">The item.</param>
/// <param name="Score">Its score; comparable within one answer.</param>
/// <param name="Reasons">Factors it shares with items of the history, those shared with most items first; empty without a graph.</param>
public sealed record Recommendation(string ItemId, float Score, IReadOnlyList<SharedFactor> Reasons);
