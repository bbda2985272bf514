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
    private readonly Dictionary<string, (int Column, double Weight)> _known;
    private readonly int _phrasesPerItem;

    private PhraseGraph(string[] phrases, Adjacency itemPhrases, Dictionary<string, (int Column, double Weight)> known, int phrasesPerItem) =>
        (Phrases, ItemPhrases, _known, _phrasesPerItem) = (phrases, itemPhrases, known, phrasesPerItem);

    /// <summary>The phrases, in ordinal order.</summary>
    public IReadOnlyList<string> Phrases { get; }

    /// <summary>Phrases of each item, [I] rows.</summary>
    public Adjacency ItemPhrases { get; }

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
        bool IsKept(string phrase) => frequencies[phrase] >= options.MinTexts && frequencies[phrase] <= most;
        double Weight(string phrase) => Math.Log((double)texts.Count / frequencies[phrase]);
        var kept = counts
            .Select(count => Best(count.Where(pair => IsKept(pair.Key)).Select(pair => (pair.Key, pair.Value * Weight(pair.Key))), options.PhrasesPerItem))
            .ToArray();
        string[] phrases = [.. kept.SelectMany(own => own).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (phrases.Length == 0)
            throw new ArgumentException($"Expected phrases that occur in {options.MinTexts} to {most:F0} of the {texts.Count} texts, found none. Lower {nameof(options.MinTexts)} or raise {nameof(options.MaxShare)}.", nameof(texts));
        var known = phrases.Index().ToDictionary(phrase => phrase.Item, phrase => (phrase.Index, Weight(phrase.Item)), StringComparer.Ordinal);
        return new(phrases, Adjacency.FromEdges(texts.Count, phrases.Length,
            [.. kept.SelectMany((own, item) => own.Select(_ => item))], [.. kept.SelectMany(own => own.Select(phrase => known[phrase].Index))]), known, options.PhrasesPerItem);
    }

    /// <summary>The phrases of a text that came after the graph was mined: the edges of an item that joins. Of a text that was mined, the row it has.</summary>
    /// <remarks>Costs what the text's length costs, however many items there are.</remarks>
    /// <param name="text">The text.</param>
    /// <returns>Positions in <see cref="Phrases"/>, ascending; phrases that the graph does not have are left out.</returns>
    public int[] PhrasesOf(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. Best(Count(text).Where(pair => _known.ContainsKey(pair.Key)).Select(pair => (pair.Key, pair.Value * _known[pair.Key].Weight)), _phrasesPerItem).Select(phrase => _known[phrase].Column).Order()];
    }

    private static string[] Best(IEnumerable<(string Phrase, double Weight)> phrases, int count) =>
        [.. phrases.OrderByDescending(phrase => phrase.Weight).ThenBy(phrase => phrase.Phrase, StringComparer.Ordinal).Take(count).Select(phrase => phrase.Phrase)];

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
