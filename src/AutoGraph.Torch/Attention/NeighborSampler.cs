using AutoGraph.Core.Graphs;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;

namespace AutoGraph.Torch.Attention;

/// <summary>
/// Draws up to S neighbours per node and epoch. Each edge has a random rank of its own, hashed from (seed, epoch, edge) (<see cref="EdgeRanks"/>);
/// a node keeps its S lowest. So one edge more or less never changes the draws of other nodes.
/// </summary>
internal sealed class NeighborSampler(Adjacency graph, int sample, int seed, string purpose)
{
    /// <summary>The edges of one epoch: rows of the graph are targets.</summary>
    public EdgeList Draw(int epoch)
    {
        var edgeRanks = new EdgeRanks(RandomStream.For(seed, purpose, epoch).NextBits(), sample);
        var offsets = new int[graph.RowCount + 1];
        for (int row = 0; row < graph.RowCount; row++) offsets[row + 1] = offsets[row] + Math.Min(sample, graph.Degree(row));
        var sources = new int[offsets[^1]];
        var ranks = new ulong[sample];
        for (int row = 0; row < graph.RowCount; row++)
        {
            var neighbors = graph.Neighbors(row);
            var kept = sources.AsSpan(offsets[row]..offsets[row + 1]);
            if (neighbors.Length <= sample) neighbors.CopyTo(kept);
            else KeepLowest(neighbors, row, edgeRanks, kept, ranks);
        }
        return new EdgeList(graph.RowCount, graph.ColumnCount, offsets, sources) { Ranks = edgeRanks };
    }

    private static void KeepLowest(ReadOnlySpan<int> neighbors, int row, EdgeRanks edgeRanks, Span<int> kept, Span<ulong> ranks)
    {
        int count = 0;
        foreach (int neighbor in neighbors)
        {
            ulong rank = edgeRanks.Of(row, neighbor);
            if (count == kept.Length && rank >= ranks[count - 1]) continue;
            int place = count < kept.Length ? count++ : count - 1;
            for (; place > 0 && ranks[place - 1] > rank; place--)
                (ranks[place], kept[place]) = (ranks[place - 1], kept[place - 1]);
            (ranks[place], kept[place]) = (rank, neighbor);
        }
        kept.Sort();                                    // neighbours in memory order read faster
    }
}
