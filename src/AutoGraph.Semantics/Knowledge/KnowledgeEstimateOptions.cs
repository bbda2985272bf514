namespace AutoGraph.Semantics.Knowledge;

/// <summary>What <see cref="KnowledgeGenerator.Estimate"/> is to expect.</summary>
public sealed record KnowledgeEstimateOptions
{
    /// <summary>
    /// Tokens of an answer, 1 or more. Default null: the mean of all stored answers of this model to this prompt version with these chat options, else 220
    /// (150 words of English, the limit of the built-in prompts, with their punctuation).
    /// </summary>
    public double? OutputTokensPerAnswer { get; init; }

    /// <summary>
    /// Answer tokens a second that the endpoint gives over all calls together, above 0. Default null: concurrency ÷ mean latency of the same answers;
    /// without any, no duration is estimated.
    /// </summary>
    public double? OutputTokensPerSecond { get; init; }

    internal void Validate()
    {
        List<string> errors = [];
        if (OutputTokensPerAnswer is not null and not (>= 1 and < double.PositiveInfinity)) errors.Add($"expected OutputTokensPerAnswer of 1 or more, found {OutputTokensPerAnswer}");
        if (OutputTokensPerSecond is not null and not (> 0 and < double.PositiveInfinity)) errors.Add($"expected OutputTokensPerSecond above 0, found {OutputTokensPerSecond}");
        if (errors.Count > 0) throw new ArgumentException($"Estimate options: {string.Join("; ", errors)}.");
    }
}
