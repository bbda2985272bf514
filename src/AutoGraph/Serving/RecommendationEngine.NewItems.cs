using AutoGraph.Core.Retrieval;

namespace AutoGraph;

public sealed partial class RecommendationEngine
{
    private const int FewAllowed = 8;       // below this part of the catalogue, rows one by one are read faster than all of them
    private readonly int[] _untrained;      // positions of items of the fit that no training row has, ascending

    /// <summary>Whether no training row has an item: its id embedding is that of unknown items.</summary>
    private bool IsNew(EngineSnapshot snapshot, int item) => item >= snapshot.Items.Ids.FittedCount || Array.BinarySearch(_untrained, item) >= 0;

    // scores of all items, or null: those of new items are computed
    private ScoredItem[] BestNew(EngineSnapshot snapshot, ReadOnlySpan<float> userVectors, float[]? scores, int count, Func<int, bool> isAllowed, ReadOnlySpan<int> excluded)
    {
        var (vectors, fitted) = (snapshot.Items.Vectors, snapshot.Items.Ids.FittedCount);
        var best = new BestItems(count, isAllowed, excluded);
        if (scores is not null)
        {
            foreach (int item in _untrained) best.Add(scores.AsSpan(item, 1), item);
            best.Add(scores.AsSpan(fitted), fitted);
            return best.Sorted();
        }
        AddEach(best, snapshot, _untrained, userVectors);
        ExactSearch.Best(vectors, userVectors, [best], from: fitted);
        return best.Sorted();
    }

    // positions ascending
    private static ScoredItem[] BestAmong(EngineSnapshot snapshot, int[] positions, ReadOnlySpan<float> userVectors, int count, Func<int, bool> isAllowed, ReadOnlySpan<int> excluded)
    {
        var best = new BestItems(Math.Min(count, positions.Length), isAllowed, excluded);
        AddEach(best, snapshot, positions, userVectors);
        return best.Sorted();
    }

    private static void AddEach(BestItems best, EngineSnapshot snapshot, int[] positions, ReadOnlySpan<float> userVectors)
    {
        var vectors = snapshot.Items.Vectors;
        Span<float> score = stackalloc float[1];
        foreach (int item in positions)
        {
            InnerProducts.Max(vectors[item], userVectors, vectors.Width, score);
            best.Add(score, item);
        }
    }
}
