namespace AutoGraph.Semantics.ItemGraphs;

/// <summary>Which phrases <see cref="PhraseGraph"/> keeps.</summary>
public sealed record PhraseGraphOptions
{
    /// <summary>Texts that a phrase must occur in, at least 2; default 3.</summary>
    public int MinTexts { get; init; } = 3;

    /// <summary>Part of all texts that a phrase may occur in, above 0 to 1; default 0.1.</summary>
    public double MaxShare { get; init; } = 0.1;

    /// <summary>Phrases that a text keeps, 1 to 1,000; default 15.</summary>
    public int PhrasesPerItem { get; init; } = 15;

    internal void Validate()
    {
        List<string> errors = [];
        if (MinTexts < 2) errors.Add($"expected MinTexts of 2 or more, found {MinTexts}");
        if (MaxShare is not (> 0 and <= 1)) errors.Add($"expected MaxShare above 0 to 1, found {MaxShare}");
        if (PhrasesPerItem is < 1 or > 1000) errors.Add($"expected PhrasesPerItem of 1 to 1000, found {PhrasesPerItem}");
        if (errors.Count > 0) throw new ArgumentException($"Phrase options: {string.Join("; ", errors)}.");
    }
}
