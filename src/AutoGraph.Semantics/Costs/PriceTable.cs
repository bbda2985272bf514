using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace AutoGraph.Semantics.Costs;

/// <summary>Prices by model id, as your provider lists them today; the library brings none, because they change.</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
/// <example><code>
/// var prices = new PriceTable(new Dictionary&lt;string, ModelPrice&gt; { ["small-model"] = new(0.15m, 0.60m) });
/// </code></example>
public sealed class PriceTable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    private readonly FrozenDictionary<string, ModelPrice> _prices;

    /// <summary>Creates a table.</summary>
    /// <param name="prices">Model id, exactly as the chat client names it → price.</param>
    /// <exception cref="ArgumentException">A name is blank or a price negative; the message lists all of them.</exception>
    public PriceTable(IReadOnlyDictionary<string, ModelPrice> prices)
    {
        ArgumentNullException.ThrowIfNull(prices);
        string[] wrong = [.. prices.Where(p => string.IsNullOrWhiteSpace(p.Key) || p.Value.InputPerMillion < 0 || p.Value.OutputPerMillion < 0).Select(p => $"'{p.Key}' {p.Value}")];
        if (wrong.Length > 0) throw new ArgumentException($"Expected model names and prices of 0 or more, found {string.Join("; ", wrong)}.", nameof(prices));
        _prices = prices.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The models that have a price.</summary>
    public IEnumerable<string> Models => _prices.Keys.Order(StringComparer.Ordinal);

    /// <summary>Reads a JSON object <c>{"model": {"inputPerMillion": 0.15, "outputPerMillion": 0.60}, …}</c>.</summary>
    /// <exception cref="InvalidDataException">The file holds something else.</exception>
    public static PriceTable Read(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        try
        {
            using var stream = File.OpenRead(path);
            return new(JsonSerializer.Deserialize<Dictionary<string, ModelPrice>>(stream, Json) ?? throw new JsonException("found null."));
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"Expected prices in '{path}': a JSON object of model → {{\"inputPerMillion\": …, \"outputPerMillion\": …}}; {e.Message}", e);
        }
    }

    /// <summary>The price of a model.</summary>
    public bool TryGet(string model, [MaybeNullWhen(false)] out ModelPrice price) => _prices.TryGetValue(model, out price);

    /// <summary>The price of a model.</summary>
    /// <exception cref="KeyNotFoundException">The table has none; the message lists the models it has.</exception>
    public ModelPrice this[string model] => TryGet(model, out var price) ? price
        : throw new KeyNotFoundException($"Expected a price for the model '{model}', found only {(_prices.Count == 0 ? "an empty table" : string.Join(", ", Models))}. Add it to the price table.");
}
