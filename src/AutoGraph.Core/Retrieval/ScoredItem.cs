namespace AutoGraph.Core.Retrieval;

/// <summary>An item and its score.</summary>
/// <param name="Position">Position of the item.</param>
/// <param name="Score">Its score; higher is better.</param>
public readonly record struct ScoredItem(int Position, float Score);
