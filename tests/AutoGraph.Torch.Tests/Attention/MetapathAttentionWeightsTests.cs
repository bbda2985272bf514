using AutoGraph.Core.Graphs;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Tests.Kernels;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Attention;

public class MetapathAttentionWeightsTests
{
    private static readonly FactorGraph Graph = TinyGraph.Graph;

    [Fact]
    public void Trace_TwoHeads_HoldsTheMeanOfTheHandComputedWeights()
    {
        using var scope = NewDisposeScope();
        var (edges, other) = (new EdgeList(1, 2, [0, 2], [0, 1]), new EdgeList(1, 2, [0, 1], [0]));
        using var trace = AttentionTrace.Open();
        // head 1: softmax(0, ln 3) = (1/4, 3/4); head 2: softmax(ln 4, 0) = (4/5, 1/5)
        SegmentAttention.Apply(Numbers.Random(1, 2, 4), tensor(new[] { 0, Math.Log(4), Math.Log(3), 0 }, 2, 2), zeros(1, 2, dtype: ScalarType.Float64), edges);
        Assert.Equal([(0.25f + 0.8f) / 2, (0.75f + 0.2f) / 2], trace.Of(edges)!, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Null(trace.Of(other));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Of_AnyModel_WeightsOfEachNodesNeighboursAddUpToOne(int layers)
    {
        var weights = MetapathAttentionWeights.Of(MetapathGraphModel.Fit(Graph, TinyGraph.Options with { Training = GraphTraining.Joint, NeighborSample = 1, Layers = layers, Dropout = 0.5, FullNeighborhoods = false, UserNeighbors = UserNeighbors.Sampled }, 1));
        (Adjacency, AttendedEdges?)[] steps =
        [
            (Graph.FactorToUsers, weights.UsersToFactors), (Graph.UserToFactors, weights.FactorsToUsers), (Graph.FactorToItems, weights.ItemsToFactors),
            (Graph.ItemToFactors, weights.FactorsToItems), (Graph.UserToItems, weights.ItemsToUsers), (Graph.ItemToUsers, weights.UsersToItems),
        ];
        foreach (var (edges, attended) in steps)
            for (int row = 0; row < edges.RowCount; row++)
            {
                float[] own = [.. Enumerable.Range(0, edges.ColumnCount).Select(column => attended![row, column])];
                Assert.Equal(edges.Degree(row) == 0 ? 0 : 1, own.Sum(), 1e-5f);
                Assert.Equal(edges.Neighbors(row).ToArray(), Enumerable.Range(0, own.Length).Where(column => own[column] > 0));
            }
    }

    [Fact]
    public void Of_UsersThatReadTheirLatestItem_AttendToThatAlone()
    {
        var weights = MetapathAttentionWeights.Of(MetapathGraphModel.Fit(Graph, TinyGraph.Options with { Training = GraphTraining.Joint, NeighborSample = 1, UserNeighbors = UserNeighbors.Latest }, 1));
        Assert.Equal([0f, 0, 0, 1, 0], Enumerable.Range(0, 5).Select(item => weights.ItemsToUsers![0, item]));
    }

    [Fact]
    public void Of_PathsSwitchedOff_AreNull()
    {
        var weights = MetapathAttentionWeights.Of(MetapathGraphModel.Fit(Graph, TinyGraph.Options with { Training = GraphTraining.Joint, Metapaths = Metapaths.ItemSemantic }, 1));
        Assert.NotNull(weights.ItemsToFactors);
        Assert.NotNull(weights.FactorsToItems);
        Assert.Null(weights.UsersToFactors);
        Assert.Null(weights.ItemsToUsers);
        Assert.Null(weights.UsersToItems);
    }

    [Fact]
    public void Open_WhileOneIsOpen_Throws()
    {
        using (AttentionTrace.Open()) Assert.Throws<InvalidOperationException>(AttentionTrace.Open);
        using var again = AttentionTrace.Open();
        Assert.NotNull(again);
    }
}
