using System.Globalization;

namespace AutoGraph.Semantics.Knowledge;

/// <summary>What a generation did.</summary>
/// <param name="Rows">Rows in all.</param>
/// <param name="Asked">Prompts answered by the model in this run, each of them stored.</param>
/// <param name="Calls">Calls made in this run, repetitions included.</param>
/// <param name="Cached">Rows whose answer was in the store already.</param>
/// <param name="Failures">Rows without an answer.</param>
/// <param name="InputTokens">Prompt tokens reported, unusable answers included.</param>
/// <param name="OutputTokens">Answer tokens reported, unusable answers included.</param>
public sealed record KnowledgeReport(
    int Rows, int Asked, int Calls, int Cached, IReadOnlyList<KnowledgeFailure> Failures, long InputTokens, long OutputTokens)
{
    /// <summary>Rows that were not asked for, or not to the end, because the run stopped.</summary>
    public int NotAsked { get; init; }

    /// <summary>Why the run stopped early, if it did.</summary>
    public KnowledgeStop Stopped { get; init; }

    /// <summary>Cost by the price table; calls whose outcome is unknown count in full where there is a budget. Null without a price.</summary>
    public decimal? Cost { get; init; }

    /// <summary>Throws if rows have no answer; the message tells how many, why, and how to go on.</summary>
    /// <exception cref="InvalidOperationException">At least one row has no answer.</exception>
    public void ThrowIfFailed()
    {
        if (Failures.Count + NotAsked == 0) return;
        var reasons = Failures.GroupBy(f => f.Reason, StringComparer.Ordinal).OrderByDescending(g => g.Count()).Take(3)
            .Select(g => $"{g.Count()} × {g.Key} (such as row '{g.First().Id}')").ToList();
        var remedy = Stopped switch
        {
            KnowledgeStop.Budget => $"{NotAsked} × not asked, because the next call might have passed the budget; raise Budget to go on",
            KnowledgeStop.EndpointDown => $"{NotAsked} × not asked, because call after call failed; see whether the endpoint is up and the key is valid",
            _ => null,
        };
        if (remedy is not null) reasons.Add(remedy);
        var refused = Failures.Any(failure => failure.Kind == KnowledgeFailureKind.Refused)
            ? " A row that the model refuses it will refuse again: give it a text of your own (Recorded, which goes by IdColumn; Knowledge of a new user or item), or leave it out." : "";
        var missing = Failures.Count + NotAsked;
        throw new InvalidOperationException(
            $"{missing} of {Rows} rows got no answer: {string.Join("; ", reasons)}. The other {Rows - missing} answers are stored; run again to ask for the missing ones only.{refused}");
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Rows} rows: {Cached} cached, {Asked} prompts asked in {Calls} calls ({InputTokens} + {OutputTokens} tokens" +
        $"{(Cost is { } cost ? string.Create(CultureInfo.InvariantCulture, $", cost {cost:0.####}") : "")}), {Failures.Count} failed" +
        (Stopped == KnowledgeStop.None ? "" : $", {NotAsked} not asked ({Stopped})");
}
