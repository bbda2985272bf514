namespace AutoGraph.Semantics.Knowledge;

/// <summary>What a generation did.</summary>
/// <param name="Rows">Rows in all.</param>
/// <param name="Asked">Prompts answered by the model in this run, each of them stored.</param>
/// <param name="Calls">Calls made in this run, repetitions included.</param>
/// <param name="Cached">Rows whose answer was in the store already.</param>
/// <param name="Failures">Rows without an answer.</param>
/// <param name="InputTokens">Prompt tokens reported for the successful calls.</param>
/// <param name="OutputTokens">Answer tokens reported for the successful calls.</param>
public sealed record KnowledgeReport(
    int Rows, int Asked, int Calls, int Cached, IReadOnlyList<KnowledgeFailure> Failures, long InputTokens, long OutputTokens)
{
    /// <summary>Throws if rows failed; the message tells how many, why, and how to go on.</summary>
    /// <exception cref="InvalidOperationException">At least one row failed.</exception>
    public void ThrowIfFailed()
    {
        if (Failures.Count == 0) return;
        var reasons = Failures.GroupBy(f => f.Reason, StringComparer.Ordinal).OrderByDescending(g => g.Count()).Take(3)
            .Select(g => $"{g.Count()} × {g.Key} (such as row '{g.First().Id}')");
        throw new InvalidOperationException(
            $"{Failures.Count} of {Rows} rows got no answer: {string.Join("; ", reasons)}. The other {Rows - Failures.Count} answers are stored; run again to ask for the missing ones only.");
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Rows} rows: {Cached} cached, {Asked} prompts asked in {Calls} calls ({InputTokens} + {OutputTokens} tokens), {Failures.Count} failed";
}
