namespace AutoGraph.Core.Evaluation;

/// <summary>Scores all items for queries <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> - 1.</summary>
/// <param name="first">The first query.</param>
/// <param name="count">Number of queries.</param>
/// <param name="scores">[count, items] receives the scores, query by query; a higher score ranks first.</param>
public delegate void BlockScorer(int first, int count, Span<float> scores);
