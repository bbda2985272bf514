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
        var known = stored.OfType<KnowledgeRecord>().ToArray();
        var counter = new TokenCounter(generation.Tokenizer, generation.Chat);
        var input = missing.Sum(counter.Count);
        var perAnswer = expected.OutputTokensPerAnswer ?? known.Where(r => r.OutputTokens > 0).Select(r => (double)r.OutputTokens!.Value).DefaultIfEmpty(DefaultAnswerTokens).Average();
        var output = (long)Math.Ceiling(missing.Length * perAnswer);
        var latency = known.Where(r => r.Latency > TimeSpan.Zero).Select(r => r.Latency.TotalSeconds).DefaultIfEmpty(double.NaN).Average();
        var seconds = expected.OutputTokensPerSecond is { } speed ? output / speed : missing.Length * latency / generation.Concurrency;
        return new(
            rows.Count, groups.Zip(stored).Where(g => g.Second is not null).Sum(g => g.First.Count()), missing.Length, input, output,
            generation.Prices?[source.Model].CostOf(input, output),
            missing.Length == 0 ? TimeSpan.Zero : double.IsNaN(seconds) ? null : TimeSpan.FromSeconds(seconds));
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Rows} rows, {Cached} of them stored; {Prompts} prompts to ask for: {PromptTokens:N0} prompt tokens, about {OutputTokens:N0} answer tokens" +
        $"{(Cost is { } cost ? $", about {cost:0.00##}" : "")}{(Duration is { } duration ? $", about {duration.TotalHours:0.00} h" : "")}");
}
