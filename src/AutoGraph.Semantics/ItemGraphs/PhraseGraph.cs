using AutoGraph.Core.Graphs;
using AutoGraph.Semantics.Encoding;

namespace AutoGraph.Semantics.ItemGraphs;

/// <summary>Which phrases the texts of items hold: the nodes of CCGNN (paper §4.1.4, App. D.3).</summary>
/// <remarks>
/// A phrase is one word that is no stop word, or two such words side by side. Phrases of few texts join nothing, those of many say
/// nothing: only phrases of at least <see cref="PhraseGraphOptions.MinTexts"/> texts and at most the part
/// <see cref="PhraseGraphOptions.MaxShare"/> of all count. A text keeps those of greatest tf · ln(N / df). (The authors find named
/// entities by a model; this needs none.)
/// </remarks>
public sealed class PhraseGraph
{
    private PhraseGraph(string[] phrases, Csr itemPhrases) => (Phrases, ItemPhrases) = (phrases, itemPhrases);

    /// <summary>The phrases, in ordinal order.</summary>
    public IReadOnlyList<string> Phrases { get; }

    /// <summary>Phrases of each item, [I] rows.</summary>
    public Csr ItemPhrases { get; }

    /// <summary>Mines the texts of all items.</summary>
    /// <param name="texts">One text per item.</param>
    /// <param name="options">Bounds; null for the defaults.</param>
    /// <exception cref="ArgumentException">Options are out of range, or no phrase lies within the bounds.</exception>
    public static PhraseGraph Mine(IReadOnlyList<string> texts, PhraseGraphOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        options ??= new();
        options.Validate();
        Dictionary<string, int>[] counts = [.. texts.Select(Count)];
        var frequencies = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var phrase in counts.SelectMany(count => count.Keys)) frequencies[phrase] = frequencies.GetValueOrDefault(phrase) + 1;
        double most = options.MaxShare * texts.Count;
        var kept = counts.Select(count => count
            .Where(pair => frequencies[pair.Key] is var df && df >= options.MinTexts && df <= most)
            .OrderByDescending(pair => pair.Value * Math.Log((double)texts.Count / frequencies[pair.Key])).ThenBy(pair => pair.Key, StringComparer.Ordinal)
            .Take(options.PhrasesPerItem).Select(pair => pair.Key).ToArray()).ToArray();
        string[] phrases = [.. kept.SelectMany(own => own).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (phrases.Length == 0)
            throw new ArgumentException($"Expected phrases that occur in {options.MinTexts} to {most:F0} of the {texts.Count} texts, found none. Lower {nameof(options.MinTexts)} or raise {nameof(options.MaxShare)}.", nameof(texts));
        var columns = phrases.Index().ToDictionary(phrase => phrase.Item, phrase => phrase.Index, StringComparer.Ordinal);
        return new(phrases, Csr.FromEdges(texts.Count, phrases.Length,
            [.. kept.SelectMany((own, item) => own.Select(_ => item))], [.. kept.SelectMany(own => own.Select(phrase => columns[phrase]))]));
    }

    private static Dictionary<string, int> Count(string text)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        string? before = null;
        foreach (var word in Words.WithGaps(text))
        {
            if (word is not null)
            {
                counts[word] = counts.GetValueOrDefault(word) + 1;
                if (before is not null) counts[$"{before} {word}"] = counts.GetValueOrDefault($"{before} {word}") + 1;
            }
            before = word;
        }
        return counts;
    }
}
