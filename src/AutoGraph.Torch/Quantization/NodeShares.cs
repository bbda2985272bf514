namespace AutoGraph.Torch.Quantization;

/// <summary>How many children each node of a tree gets.</summary>
internal static class NodeShares
{
    /// <summary>At least one child a node and never more than its rows; the rest goes, one at a time, where most of them share a child.</summary>
    /// <param name="rows">Rows of each node that differ, at least 1.</param>
    /// <param name="wanted">Children in all, where there are rows enough.</param>
    public static int[] Split(int[] rows, int wanted)
    {
        var children = new int[rows.Length];
        var waiting = new PriorityQueue<int, (double, int)>();
        for (int node = 0; node < rows.Length; node++) Give(node);
        for (int given = rows.Length; given < wanted && waiting.TryDequeue(out int node, out _); given++) Give(node);
        return children;

        void Give(int node)
        {
            children[node]++;
            if (children[node] < rows[node]) waiting.Enqueue(node, (-(double)rows[node] / children[node], node));
        }
    }
}
