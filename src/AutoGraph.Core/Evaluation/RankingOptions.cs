namespace AutoGraph.Core.Evaluation;

/// <summary>How queries are ranked (paper §4.1.2).</summary>
public sealed record RankingOptions
{
    /// <summary>Cut-off K of NDCG and HR, at least 1. Default 10 (paper §4.1.2).</summary>
    public int Cutoff { get; init; } = 10;

    /// <summary>Queries scored at a time, at least 1; fewer where their scores would take more than 256 MiB. Default 256.</summary>
    public int BlockSize { get; init; } = 256;

    /// <summary>Name of the ranked rows, printed with every figure. Default "test".</summary>
    public string Split { get; init; } = "test";

    /// <summary>Negatives drawn per query, uniformly and without repetition, at least 1; null ranks all items. Default null (Book-Crossing: 1,000).</summary>
    public int? SampledNegatives { get; init; }

    /// <summary>Seed of the drawn negatives; the same user and target get the same negatives whatever else is ranked. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>[I] training interactions of each item; with them the lists of the K best items are measured as well (<see cref="RankingResult.Lists"/>), always among all items, and the result is also given by popularity of the target (<see cref="RankingResult.ByItemPopularity"/>). Default null: neither.</summary>
    public IReadOnlyList<int>? ItemInteractions { get; init; }

    /// <summary>[U] training interactions of each user; with them the result is also given by activity of the user (<see cref="RankingResult.ByUserActivity"/>). Default null: it is not.</summary>
    public IReadOnlyList<int>? UserInteractions { get; init; }

    /// <summary>Stops between blocks.</summary>
    public CancellationToken CancellationToken { get; init; }

    internal void Check(int itemCount)
    {
        var wrong = new List<string>();
        if (Cutoff < 1) wrong.Add($"Cutoff of at least 1, found {Cutoff}");
        if (BlockSize < 1) wrong.Add($"BlockSize of at least 1, found {BlockSize}");
        if (SampledNegatives < 1) wrong.Add($"SampledNegatives of at least 1 or null, found {SampledNegatives}");
        if (string.IsNullOrWhiteSpace(Split)) wrong.Add("a Split name, found none");
        if (ItemInteractions is { } counts && (counts.Count != itemCount || counts.Any(count => count < 0)))
            wrong.Add($"ItemInteractions of {itemCount} items, none negative, found {counts.Count}{(counts.Any(count => count < 0) ? " with negative ones" : "")}");
        if (UserInteractions?.Any(count => count < 0) == true) wrong.Add("UserInteractions of which none is negative, found negative ones");
        if (wrong.Count > 0) throw new ArgumentException($"Expected {string.Join("; ", wrong)}.");
    }
}
