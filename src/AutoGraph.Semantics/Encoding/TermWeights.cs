namespace AutoGraph.Semantics.Encoding;

/// <summary>TF-IDF: words → sparse unit vectors.</summary>
/// <remarks>Weight of word w in text t: (1 + ln tf) · idf, idf = ln((1 + N) / (1 + df)) + 1, then scaled to length 1. Immutable.</remarks>
internal sealed class TermWeights
{
    private readonly Dictionary<string, int> _columns;

    public TermWeights(string[] terms, float[] idf, bool removeStopWords)
    {
        (Terms, Idf, RemoveStopWords) = (terms, idf, removeStopWords);
        _columns = terms.Index().ToDictionary(t => t.Item, t => t.Index, StringComparer.Ordinal);
    }

    /// <summary>The vocabulary, in ordinal order.</summary>
    public string[] Terms { get; }

    /// <summary>[V] inverse document frequencies.</summary>
    public float[] Idf { get; }

    public bool RemoveStopWords { get; }

    public static TermWeights Fit(IReadOnlyList<string> texts, CorpusEncoderOptions options)
    {
        var frequencies = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var text in texts)
            foreach (var word in Words.Of(text, options.RemoveStopWords).Distinct(StringComparer.Ordinal))
                frequencies[word] = frequencies.GetValueOrDefault(word) + 1;
        var least = options.MinDocumentFrequency ?? (texts.Count >= 100 ? 2 : 1);
        var terms = frequencies.Where(f => f.Value >= least)
            .OrderByDescending(f => f.Value).ThenBy(f => f.Key, StringComparer.Ordinal)
            .Take(options.MaxVocabulary).Select(f => f.Key).Order(StringComparer.Ordinal).ToArray();
        return terms.Length > 0
            ? new(terms, [.. terms.Select(t => (float)(Math.Log((1.0 + texts.Count) / (1.0 + frequencies[t])) + 1))], options.RemoveStopWords)
            : throw new ArgumentException(
                $"Expected words that occur in at least {least} of the {texts.Count} texts, found none. Are the texts empty, or in a script without spaces? Use a neural encoder there.");
    }

    /// <summary>Columns (ascending) and weights of a text; empty where it has no known word.</summary>
    public (int[] Columns, float[] Weights) Weigh(string text)
    {
        var counts = new SortedDictionary<int, int>();
        foreach (var word in Words.Of(text, RemoveStopWords))
            if (_columns.TryGetValue(word, out var column))
                counts[column] = counts.GetValueOrDefault(column) + 1;
        var weights = counts.Select(c => (1 + Math.Log(c.Value)) * Idf[c.Key]).ToArray();
        var norm = Math.Sqrt(weights.Sum(w => w * w));
        return ([.. counts.Keys], [.. weights.Select(w => (float)(w / norm))]);
    }
}
