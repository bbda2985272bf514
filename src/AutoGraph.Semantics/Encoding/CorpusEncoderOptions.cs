namespace AutoGraph.Semantics.Encoding;

/// <summary>Settings of <see cref="CorpusEncoder"/>.</summary>
public sealed record CorpusEncoderOptions
{
    /// <summary>Values per vector, 1 to 4,096; default 128. A corpus of lower rank gives as many as its rank.</summary>
    public int Dimensions { get; init; } = 128;

    /// <summary>Seed of the random projection; default 0.</summary>
    public int Seed { get; init; }

    /// <summary>Power iterations, 0 to 20: more of them separate singular values that lie close together; default 4 (Halko et al. 2011, §4.5 and §7).</summary>
    public int PowerIterations { get; init; } = 4;

    /// <summary>Extra directions of the random projection, 0 to 1,024; default 10 (Halko et al. 2011, §4.2).</summary>
    public int Oversampling { get; init; } = 10;

    /// <summary>Texts a word must occur in, 1 or more; default null: 2 in a corpus of 100 texts or more, else 1.</summary>
    public int? MinDocumentFrequency { get; init; }

    /// <summary>Largest vocabulary, the words of most texts first, 1 or more; default 50,000.</summary>
    public int MaxVocabulary { get; init; } = 50_000;

    /// <summary>Whether English function words ("the", "of") are left out; default true.</summary>
    public bool RemoveStopWords { get; init; } = true;

    internal void Validate()
    {
        List<string> errors = [];
        if (Dimensions is < 1 or > 4096) errors.Add($"expected Dimensions of 1 to 4096, found {Dimensions}");
        if (PowerIterations is < 0 or > 20) errors.Add($"expected PowerIterations of 0 to 20, found {PowerIterations}");
        if (Oversampling is < 0 or > 1024) errors.Add($"expected Oversampling of 0 to 1024, found {Oversampling}");
        if (MinDocumentFrequency < 1) errors.Add($"expected MinDocumentFrequency of 1 or more, found {MinDocumentFrequency}");
        if (MaxVocabulary < 1) errors.Add($"expected MaxVocabulary of 1 or more, found {MaxVocabulary}");
        if (errors.Count > 0) throw new ArgumentException($"Corpus encoder options: {string.Join("; ", errors)}.");
    }
}
