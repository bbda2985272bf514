using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;

namespace AutoGraph.Torch.Training;

/// <summary>Draws the items that a positive is compared with.</summary>
internal static class NegativeSampling
{
    /// <summary>Uniform over all items but the row's positive, with replacement.</summary>
    /// <param name="positives">[B].</param>
    /// <param name="itemCount">Number of items I, at least 2.</param>
    /// <param name="negatives">Negatives per row.</param>
    /// <param name="random">Where they are drawn from.</param>
    /// <param name="pool">Items that may be negatives, at least 2, every positive among them; null: all.</param>
    /// <returns>Edges from I items to B rows, the positive first.</returns>
    public static EdgeList Uniform(ReadOnlySpan<int> positives, int itemCount, int negatives, ref RandomStream random, NegativePool? pool = null)
    {
        int perRow = 1 + negatives, others = (pool?.Count ?? itemCount) - 1;
        var (offsets, candidates) = (new int[positives.Length + 1], new int[positives.Length * perRow]);
        for (int b = 0; b < positives.Length; b++)
        {
            candidates[b * perRow] = positives[b];
            int own = pool?.PlaceOf(positives[b]) ?? positives[b];
            for (int c = 1; c < perRow; c++)
            {
                int negative = random.NextInt(others);
                if (negative >= own) negative++;
                candidates[b * perRow + c] = pool?[negative] ?? negative;
            }
            offsets[b + 1] = (b + 1) * perRow;
        }
        return new EdgeList(positives.Length, itemCount, offsets, candidates);
    }
}
