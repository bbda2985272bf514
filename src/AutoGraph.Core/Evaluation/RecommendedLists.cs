using System.Globalization;

namespace AutoGraph.Core.Evaluation;

/// <summary>What the lists of the K best items look like as a whole, whether or not they hit.</summary>
/// <param name="Count">Number of lists, one per query.</param>
/// <param name="Coverage">Part of all items that stand in at least one list, 0 to 1.</param>
/// <param name="Novelty">Mean self-information of the listed items, −log2(n_i / Σ_j n_j) bits with n_i training interactions; an item without any counts as one with one (Zhou et al. 2010).</param>
/// <param name="Popularity">Mean number of training interactions n_i of the listed items (Abdollahpouri et al. 2017).</param>
public sealed record RecommendedLists(int Count, double Coverage, double Novelty, double Popularity)
{
    /// <summary>All three figures.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"coverage {Coverage:P1}, novelty {Novelty:F2} bits, popularity {Popularity:F0} interactions");
}
