using System.Globalization;
using AutoGraph.Semantics.Costs;

namespace AutoGraph.Semantics.Knowledge;

/// <summary>What a generation would need, before anything is spent.</summary>
/// <param name="Rows">Rows in all.</param>
/// <param name="Cached">Rows whose answer is stored.</param>
/// <param name="Prompts">Distinct prompts to ask for: the calls, if none fails.</param>
/// <param name="PromptTokens">Tokens of these prompts, by the model's tokenizer where it was given, else by o200k_base.</param>
/// <param name="OutputTokens">Expected tokens of the answers.</param>
/// <param name="Cost">Expected cost by the price table; null without one.</param>
/// <param name="Duration">Expected duration; null where neither a throughput was given nor answers are stored.</param>
public sealed record KnowledgeEstimate(int Rows, int Cached, int Prompts, long PromptTokens, long OutputTokens, decimal? Cost, TimeSpan? Duration)
{
    private const double DefaultAnswerTokens = 220;

    internal static KnowledgeEstimate Of(
        IReadOnlyList<KnowledgeRequest> rows, IKnowledgeStore store, KnowledgeSource source, KnowledgeGeneratorOptions generation, KnowledgeEstimateOptions expected)
    {
        var groups = rows.GroupBy(r => r.Prompt, StringComparer.Ordinal).ToArray();
        var stored = groups.Select(g => store.Find(source.KeyOf(g.Key))).ToArray();
        string[] missing = [.. groups.Zip(stored).Where(g => g.Second is null).Select(g => g.First.Key)];
        var (answerTokens, latency) = missing.Length > 0 && (expected.OutputTokensPerAnswer is null || expected.OutputTokensPerSecond is null) ? Means(store, source) : default;
        var counter = new TokenCounter(generation.Tokenizer, generation.Chat);
        var input = missing.Sum(counter.Count);
        var perAnswer = expected.OutputTokensPerAnswer ?? answerTokens ?? DefaultAnswerTokens;
        var output = (long)Math.Ceiling(missing.Length * perAnswer);
        var seconds = expected.OutputTokensPerSecond is { } speed ? output / speed : missing.Length * latency / generation.Concurrency;
        return new(
            rows.Count, groups.Zip(stored).Where(g => g.Second is not null).Sum(g => g.First.Count()), missing.Length, input, output,
            generation.Prices?[source.Model].CostOf(input, output),
            missing.Length == 0 ? TimeSpan.Zero : seconds is { } duration ? TimeSpan.FromSeconds(duration) : null);
    }

    /// <summary>Mean tokens and seconds of all answers of this model to this prompt version, whosever rows they are for: those of a new catalogue have none yet.</summary>
    private static (double? Tokens, double? Seconds) Means(IKnowledgeStore store, KnowledgeSource source)
    {
        double tokens = 0, seconds = 0;
        long counted = 0, timed = 0;
        foreach (var record in store.ReadAll())
        {
            if (record.Source != source) continue;
            if (record.OutputTokens is > 0 and var count) (tokens, counted) = (tokens + count, counted + 1);
            if (record.Latency > TimeSpan.Zero) (seconds, timed) = (seconds + record.Latency.TotalSeconds, timed + 1);
        }
        return (counted > 0 ? tokens / counted : null, timed > 0 ? seconds / timed : null);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Rows} rows, {Cached} of them stored; {Prompts} prompts to ask for: {PromptTokens:N0} prompt tokens, about {OutputTokens:N0} answer tokens" +
        $"{(Cost is { } cost ? $", about {cost:0.00##}" : "")}{(Duration is { } duration ? $", about {duration.TotalHours:0.00} h" : "")}");
}
