using AutoGraph.Core.Graphs;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;

namespace AutoGraph.Torch.Attention;

/// <summary>
/// Draws up to S neighbours per node and epoch. Each edge has a random rank of its own, hashed from (seed, epoch, edge);
/// a node keeps its S lowest. So one edge more or less never changes the draws of other nodes.
/// </summary>
internal sealed class NeighborSampler(Adjacency graph, int sample, int seed, string purpose)
{
    /// <summary>The edges of one epoch: rows of the graph are targets.</summary>
    public EdgeList Draw(int epoch)
    {
        ulong salt = RandomStream.For(seed, purpose, epoch).NextBits();
        var offsets = new int[graph.RowCount + 1];
        for (int row = 0; row < graph.RowCount; row++) offsets[row + 1] = offsets[row] + Math.Min(sample, graph.Degree(row));
        var sources = new int[offsets[^1]];
        var ranks = new ulong[sample];
        for (int row = 0; row < graph.RowCount; row++)
        {
            var neighbors = graph.Neighbors(row);
            var kept = sources.AsSpan(offsets[row]..offsets[row + 1]);
            if (neighbors.Length <= sample) neighbors.CopyTo(kept);
            else KeepLowest(neighbors, row, salt, kept, ranks);
        }
        return new EdgeList(graph.RowCount, graph.ColumnCount, offsets, sources);
    }

    private static void KeepLowest(ReadOnlySpan<int> neighbors, int row, ulong salt, Span<int> kept, Span<ulong> ranks)
    {
        int count = 0;
        foreach (int neighbor in neighbors)
        {
            ulong rank = RandomStream.Mix(salt ^ (((ulong)(uint)row << 32) | (uint)neighbor));
            if (count == kept.Length && rank >= ranks[count - 1]) continue;
            int place = count < kept.Length ? count++ : count - 1;
            for (; place > 0 && ranks[place - 1] > rank; place--)
                (ranks[place], kept[place]) = (ranks[place - 1], kept[place - 1]);
            (ranks[place], kept[place]) = (rank, neighbor);
        }
        kept.Sort();                                    // neighbours in memory order read faster
    }
}
