using System.Globalization;

namespace AutoGraph.Core.Evaluation;

/// <summary>What becomes of candidates that the user has interacted with before.</summary>
public enum SeenItems
{
    /// <summary>They stay candidates (the paper's programs).</summary>
    Kept,

    /// <summary>They are left out, the target excepted.</summary>
    Masked,
}

/// <summary>How a figure was measured; printed with every figure (paper §4.1.2).</summary>
/// <param name="Split">Name of the ranked rows, such as "test".</param>
/// <param name="ItemCount">Number of items there are.</param>
/// <param name="SampledNegatives">Negatives drawn per query, or null where all items are candidates.</param>
/// <param name="Seed">Seed of the drawn negatives; 0 where all items are candidates.</param>
/// <param name="Seen">What becomes of seen items.</param>
public sealed record RankingProtocol(string Split, int ItemCount, int? SampledNegatives, int Seed, SeenItems Seen)
{
    /// <summary>For example "test split, all 3,533 items ranked, seen items kept".</summary>
    public override string ToString()
    {
        string candidates = SampledNegatives is { } drawn
            ? string.Create(CultureInfo.InvariantCulture, $"target against {drawn:N0} of {ItemCount:N0} items drawn with seed {Seed}")
            : string.Create(CultureInfo.InvariantCulture, $"all {ItemCount:N0} items ranked");
        return $"{Split} split, {candidates}, seen items {(Seen == SeenItems.Kept ? "kept" : "masked")}";
    }
}
