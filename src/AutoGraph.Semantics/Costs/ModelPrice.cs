using System.Text.Json.Serialization;

namespace AutoGraph.Semantics.Costs;

/// <summary>What a model costs, in any currency; local models cost 0.</summary>
/// <param name="InputPerMillion">Price of a million prompt tokens, 0 or more.</param>
/// <param name="OutputPerMillion">Price of a million answer tokens, 0 or more.</param>
[method: JsonConstructor]
public readonly record struct ModelPrice(decimal InputPerMillion, decimal OutputPerMillion)
{
    private const decimal Million = 1_000_000;

    /// <summary>(input tokens · input price + output tokens · output price) / 1,000,000.</summary>
    public decimal CostOf(long inputTokens, long outputTokens) => (inputTokens * InputPerMillion + outputTokens * OutputPerMillion) / Million;
}
