namespace AutoGraph.Torch.Kernels;

/// <summary>
/// Sequences of different lengths as a recurrent layer reads them: all first items, then all second ones and so on, the longest
/// sequences first, so that the sequences still going on are the first rows of every step. No padding.
/// </summary>
internal sealed class PackedSteps
{
    /// <param name="history">Edges from items to B rows, oldest first.</param>
    public PackedSteps(EdgeList history)
    {
        int rows = history.TargetCount;
        int[] order = [.. Enumerable.Range(0, rows)], lengths = [.. order.Select(b => history.Offsets[b + 1] - history.Offsets[b])];
        Array.Sort(Array.ConvertAll(lengths, length => -(long)length * rows).Zip(order, (key, b) => key + b).ToArray(), order);
        int steps = rows == 0 ? 0 : lengths[order[0]];
        Offsets = new int[steps + 1];
        Sources = new int[history.EdgeCount];
        var (last, lastOffsets) = (new List<int>(rows), new int[rows + 1]);
        for (int t = 0, going = rows; t < steps; t++)
        {
            while (lengths[order[going - 1]] <= t) going--;
            Offsets[t + 1] = Offsets[t] + going;
            for (int place = 0; place < going; place++) Sources[Offsets[t] + place] = history.Sources[history.Offsets[order[place]] + t];
        }
        var placeOf = new int[rows];
        for (int place = 0; place < rows; place++) placeOf[order[place]] = place;
        for (int b = 0; b < rows; b++)
        {
            if (lengths[b] > 0) last.Add(Offsets[lengths[b] - 1] + placeOf[b]);
            lastOffsets[b + 1] = last.Count;
        }
        Last = new EdgeList(rows, Sources.Length, lastOffsets, [.. last]);
    }

    /// <summary>[steps + 1] where each step's rows begin.</summary>
    public int[] Offsets { get; }

    /// <summary>[N] the item of each packed row.</summary>
    public int[] Sources { get; }

    /// <summary>The look-up of each sequence's last packed row, [B] of [N]; an empty sequence has none.</summary>
    public EdgeList Last { get; }

    /// <summary>Number of steps, the longest sequence's length.</summary>
    public int Count => Offsets.Length - 1;

    /// <summary>Rows of a step.</summary>
    public int Rows(int step) => Offsets[step + 1] - Offsets[step];
}
