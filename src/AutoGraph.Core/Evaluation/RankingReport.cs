namespace AutoGraph.Core.Evaluation;

/// <summary>Both treatments of seen items, from one scoring of the queries.</summary>
/// <param name="SeenKept">Seen items are candidates.</param>
/// <param name="SeenMasked">Seen items are left out, the target excepted.</param>
public sealed record RankingReport(RankingResult SeenKept, RankingResult SeenMasked)
{
    /// <summary>Both results, a line each.</summary>
    public override string ToString() => $"{SeenKept}{Environment.NewLine}{SeenMasked}";
}
