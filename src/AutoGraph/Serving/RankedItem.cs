namespace AutoGraph;

/// <summary>A row of <see cref="RecommendationEngine.RecommendAll"/>.</summary>
internal sealed class RankedItem
{
    public string UserId { get; set; } = "";

    public int Rank { get; set; }

    public string ItemId { get; set; } = "";

    public float Score { get; set; }

    /// <summary>The rows of one user, best first.</summary>
    internal static IEnumerable<RankedItem> Of(string userId, IEnumerable<(string ItemId, float Score)> best) =>
        best.Select((item, place) => new RankedItem { UserId = userId, Rank = place + 1, ItemId = item.ItemId, Score = item.Score });
}
