using AutoGraph.Torch.Kernels;

namespace AutoGraph.Torch.Recommendation;

/// <summary>A sequence of items per row, oldest first.</summary>
/// <param name="Offsets">[B + 1] where each row's items begin.</param>
/// <param name="Items">Items of all rows, row by row.</param>
internal readonly record struct ItemSequences(int[] Offsets, int[] Items)
{
    /// <summary>Number of rows B.</summary>
    public int Count => Offsets.Length - 1;

    /// <summary>The items of one row, oldest first.</summary>
    public ReadOnlySpan<int> Of(int row) => Items.AsSpan(Offsets[row]..Offsets[row + 1]);

    /// <summary>Edges from all items to the rows that end in them: the latest of each row, oldest first.</summary>
    /// <param name="itemCount">Number of items I.</param>
    /// <param name="latest">Items read of each row.</param>
    public EdgeList Latest(int itemCount, int latest)
    {
        var offsets = new int[Offsets.Length];
        for (int row = 0; row < Count; row++) offsets[row + 1] = offsets[row] + Math.Min(latest, Offsets[row + 1] - Offsets[row]);
        var items = new int[offsets[^1]];
        for (int row = 0; row < Count; row++)
            Of(row)[^(offsets[row + 1] - offsets[row])..].CopyTo(items.AsSpan(offsets[row]));
        return new EdgeList(Count, itemCount, offsets, items);
    }
}
