namespace AutoGraph.Semantics.Knowledge;

/// <summary>How far a generation is.</summary>
/// <param name="Total">Rows in all.</param>
/// <param name="Answered">Rows whose answer is stored, cached ones included.</param>
/// <param name="Failed">Rows given up in this run.</param>
/// <param name="InputTokens">Prompt tokens reported in this run.</param>
/// <param name="OutputTokens">Answer tokens reported in this run.</param>
public sealed record KnowledgeProgress(int Total, int Answered, int Failed, long InputTokens, long OutputTokens)
{
    /// <summary>Rows whose answer was in the store already, or came there by another run meanwhile.</summary>
    public int Cached { get; init; }

    /// <summary>Cost of this run so far; null without a price for the model.</summary>
    public decimal? Cost { get; init; }
}
