namespace AutoGraph.Semantics.Knowledge;

/// <summary>How far a generation is.</summary>
/// <param name="Total">Rows in all.</param>
/// <param name="Answered">Rows whose answer is stored, cached ones included.</param>
/// <param name="Failed">Rows given up in this run.</param>
/// <param name="InputTokens">Prompt tokens reported for this run's successful calls.</param>
/// <param name="OutputTokens">Answer tokens reported for this run's successful calls.</param>
public sealed record KnowledgeProgress(int Total, int Answered, int Failed, long InputTokens, long OutputTokens);
