using AutoGraph.Core.Retrieval;

namespace AutoGraph;

public sealed partial class RecommendationEngine
{
    private readonly int[] _untrained;      // positions of items of the fit that no training row has, ascending

    /// <summary>Whether no training row has an item: its id embedding is that of unknown items.</summary>
    private bool IsNew(EngineSnapshot snapshot, int item) => item >= snapshot.Items.Ids.FittedCount || Array.BinarySearch(_untrained, item) >= 0;

    // scores of all items, or null: those of new items are computed
    private ScoredItem[] BestNew(EngineSnapshot snapshot, ReadOnlySpan<float> userVectors, float[]? scores, int count, Func<int, bool> isAllowed, ReadOnlySpan<int> excluded)
    {
        var items = snapshot.Items;
        int[] positions = [.. _untrained, .. Enumerable.Range(items.Ids.FittedCount, items.Ids.Count - items.Ids.FittedCount)];
        var own = new float[positions.Length];
        if (scores is null && own.Length > 0) InnerProducts.Max(Gather(items.Vectors, positions), userVectors, items.Vectors.Width, own);
        for (int i = 0; i < own.Length && scores is not null; i++) own[i] = scores[positions[i]];
        HashSet<int> left = [.. excluded];
        return [.. TopK.Select(own, count, i => !left.Contains(positions[i]) && isAllowed(positions[i])).Select(best => best with { Position = positions[best.Position] })];
    }
}
