using AutoGraph.Core.Graphs;
using AutoGraph.Torch.Attention;
using Xunit;

namespace AutoGraph.Torch.Tests.Attention;

public class NeighborSamplerTests
{
    private static Adjacency Graph(int rows, int columns, int seed, params (int Row, int Column)[] more)
    {
        var random = new Random(seed);
        var (r, c) = (new List<int>(), new List<int>());
        for (int row = 0; row < rows; row++)
            for (int n = random.Next(2 * row + 1); n > 0; n--) { r.Add(row); c.Add(random.Next(columns)); }
        foreach (var (row, column) in more) { r.Add(row); c.Add(column); }
        return Adjacency.FromEdges(rows, columns, r.ToArray(), c.ToArray());
    }

    private static int[] Row(AutoGraph.Torch.Kernels.EdgeList edges, int row) => edges.Sources[edges.Offsets[row]..edges.Offsets[row + 1]];

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(15)]
    [InlineData(1000)]
    public void Draw_AnyDegree_DistinctNeighboursUpToS(int sample)
    {
        var graph = Graph(30, 50, 1);
        var edges = new NeighborSampler(graph, sample, 3, "test").Draw(1);
        for (int row = 0; row < 30; row++)
        {
            var (drawn, all) = (Row(edges, row), graph.Neighbors(row).ToArray());
            Assert.Equal(Math.Min(sample, all.Length), drawn.Length);
            Assert.Equal(drawn.Length, drawn.Distinct().Count());
            Assert.Subset(all.ToHashSet(), drawn.ToHashSet());
            if (all.Length <= sample) Assert.Equal(all, drawn);
        }
    }

    [Fact]
    public void Draw_EpochSeedOrPurposeChanges_DrawsAnew()
    {
        var graph = Graph(30, 50, 1);
        int[] Draw(int seed, string purpose, int epoch) => new NeighborSampler(graph, 5, seed, purpose).Draw(epoch).Sources;
        Assert.Equal(Draw(3, "a", 1), Draw(3, "a", 1));
        Assert.NotEqual(Draw(3, "a", 1), Draw(3, "a", 2));
        Assert.NotEqual(Draw(3, "a", 1), Draw(4, "a", 1));
        Assert.NotEqual(Draw(3, "a", 1), Draw(3, "b", 1));
    }

    [Fact]
    public void Draw_EdgeAddedElsewhere_OtherNodesKeepTheirDraws()
    {
        var graph = Graph(30, 50, 1);
        int fresh = Enumerable.Range(0, 50).First(column => !graph.Neighbors(12).Contains(column));
        var (before, after) = (new NeighborSampler(graph, 5, 3, "t").Draw(2), new NeighborSampler(Graph(30, 50, 1, (12, fresh)), 5, 3, "t").Draw(2));
        for (int row = 0; row < 30; row++)
            if (row != 12) Assert.Equal(Row(before, row), Row(after, row));
        Assert.True(Row(after, 12).Except(Row(before, 12)).Count() <= 1);      // at most the new one came in
    }

    [Fact]
    public void Draw_ManyEpochs_EachNeighbourAndPairEquallyOften()
    {
        var sampler = new NeighborSampler(Adjacency.FromEdges(1, 10, new int[10], Enumerable.Range(0, 10).ToArray()), 3, 7, "t");
        var single = new int[10];
        int together = 0;
        for (int epoch = 0; epoch < 20_000; epoch++)
        {
            var drawn = sampler.Draw(epoch).Sources;
            foreach (int neighbor in drawn) single[neighbor]++;
            if (drawn.Contains(2) && drawn.Contains(9)) together++;
        }
        Assert.All(single, count => Assert.InRange(count, 5_675, 6_325));      // 6,000 ± 5 standard deviations
        Assert.InRange(together, 1_154, 1_513);                                // 20,000 · 3·2/(10·9) = 1,333
    }
}
