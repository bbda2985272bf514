namespace AutoGraph;

/// <summary>Scores all items for one row; greater is better.</summary>
/// <param name="userId">The user.</param>
/// <param name="history">What the user did before, oldest first; items that are not ranked are left out.</param>
/// <param name="scores">To be filled: a score of each item, in the order of the ids given.</param>
public delegate void RowScorer(string userId, IReadOnlyList<string> history, Span<float> scores);
