using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;

namespace AutoGraph.Torch.Training;

/// <summary>Draws the items that a row's positive is compared with.</summary>
internal static class NegativeSampling
{
    private delegate int DrawOther(int positive, ref RandomStream random);

    /// <summary>Uniform over all items but the row's positive, with replacement.</summary>
    /// <param name="positives">[B].</param>
    /// <param name="itemCount">Number of items I, at least 2.</param>
    /// <param name="negatives">Negatives per row.</param>
    /// <param name="random">Where they are drawn from.</param>
    /// <param name="pool">Items that may be negatives, at least 2, every positive among them; null: all.</param>
    /// <returns>Edges from I items to B rows, the positive first.</returns>
    public static EdgeList Uniform(ReadOnlySpan<int> positives, int itemCount, int negatives, ref RandomStream random, NegativePool? pool = null)
    {
        int others = (pool?.Count ?? itemCount) - 1;
        return Draw(positives, itemCount, negatives, ref random, (int positive, ref RandomStream stream) =>
        {
            int own = pool?.PlaceOf(positive) ?? positive, negative = stream.NextInt(others);
            if (negative >= own) negative++;
            return pool?[negative] ?? negative;
        });
    }

    /// <summary>By a distribution over all items but the row's positive, with replacement.</summary>
    /// <param name="positives">[B].</param>
    /// <param name="itemCount">Number of items I.</param>
    /// <param name="distribution">Of the items.</param>
    /// <param name="negatives">Negatives per row.</param>
    /// <param name="random">Where they are drawn from.</param>
    /// <returns>Edges from I items to B rows, the positive first.</returns>
    public static EdgeList Weighted(ReadOnlySpan<int> positives, int itemCount, ItemDistribution distribution, int negatives, ref RandomStream random) =>
        Draw(positives, itemCount, negatives, ref random, distribution.DrawExcept);

    private static EdgeList Draw(ReadOnlySpan<int> positives, int itemCount, int negatives, ref RandomStream random, DrawOther other)
    {
        int perRow = 1 + negatives;
        var (offsets, candidates) = (new int[positives.Length + 1], new int[positives.Length * perRow]);
        for (int b = 0; b < positives.Length; b++)
        {
            candidates[b * perRow] = positives[b];
            for (int c = 1; c < perRow; c++) candidates[b * perRow + c] = other(positives[b], ref random);
            offsets[b + 1] = (b + 1) * perRow;
        }
        return new EdgeList(positives.Length, itemCount, offsets, candidates);
    }
}
