using AutoGraph.Core.Codes;
using AutoGraph.Core.Graphs;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Tests.Recommendation;
using AutoGraph.Torch.Training;
using Xunit;

namespace AutoGraph.Torch.Tests.Training;

public class NegativePoolTests
{
    [Fact]
    public void Uniform_WithPool_DrawsTheOthersOfThePoolEquallyOften()
    {
        var random = RandomStream.For(2, "negatives");
        var counts = new int[6];
        foreach (int item in NegativeSampling.Uniform([3], 6, 40_000, ref random, new NegativePool(6, [0, 4])).Sources.AsSpan(1)) counts[item]++;
        Assert.Equal((0, 0, 0), (counts[0], counts[3], counts[4]));
        Assert.All([counts[1], counts[2], counts[5]], count => Assert.InRange(count, 12_900, 13_800));
    }

    [Fact]
    public void Uniform_WithPoolOfAll_DrawsAsWithoutOne()
    {
        var (a, b) = (RandomStream.For(2, "negatives"), RandomStream.For(2, "negatives"));
        Assert.Equal(NegativeSampling.Uniform([3, 0, 5], 6, 50, ref a).Sources, NegativeSampling.Uniform([3, 0, 5], 6, 50, ref b, new NegativePool(6, [])).Sources);
    }

    [Fact]
    public void Train_LaterItems_LearnNothingOfTheirContent()
    {
        // The dense vector of a later item is all that tells it from others: no weight may depend on it.
        var rows = ToyWorld.Rows.Where(row => row.Item is not (4 or 11)).ToArray();
        var data = ToyWorld.Data(ToyWorld.Table(rows), withGraph: false) with { LaterItems = [4, 11] };
        var field = (Core.Features.DenseField)data.ItemFeatures.Fields[1];
        float[] changed = [.. field.Values];
        changed[4 * 3] += 5;
        changed[11 * 3 + 2] -= 5;
        var other = data with { ItemFeatures = new(ToyWorld.Items, [data.ItemFeatures.Fields[0], field with { Values = changed }]) };
        var options = ToyWorld.Options with { Enhancement = Enhancement.None };

        float[] Warm(RecommenderData from) => [.. TwoTowerRecommender.Train(from, options, 1).ItemVectors.ToArray().Where((_, i) => i / options.Dimension is not (4 or 11))];
        Assert.Equal(Warm(data), Warm(other));
        Assert.NotEqual(Warm(data with { LaterItems = null }), Warm(other with { LaterItems = null }));   // as negatives they do teach
    }

    [Theory]
    [InlineData(Enhancement.AutoGraph)]
    [InlineData(Enhancement.Ccgnn)]
    [InlineData(Enhancement.TopoI2I)]
    public void Train_LaterItemsInAGraph_LearnNothingOfTheirPlaceInIt(Enhancement enhancement)
    {
        // Codes, phrases and similar items of a later item are all that tells it from others: no weight, and no vector of another item, may depend on them.
        var rows = ToyWorld.Rows.Where(row => row.Item is not (4 or 11)).ToArray();
        var options = ToyWorld.Options with { Enhancement = enhancement, EarlyStopping = true };
        RecommenderData Data(int change) => ToyWorld.Data(ToyWorld.Table(rows), withGraph: false) with
        {
            LaterItems = [4, 11],
            Graph = Graph(rows, change),
            ItemPhrases = Adjacency.FromEdges(20, 3, [.. Enumerable.Range(0, 20)], [.. Enumerable.Range(0, 20).Select(item => (item is 4 or 11 ? item + change : item) % 3)]),
            ItemNeighbors = Adjacency.FromEdges(20, 20, [.. Enumerable.Range(0, 40).Select(edge => edge % 20)], [.. Enumerable.Range(0, 40).Select(edge => edge < 20 ? (edge + 1) % 20 : edge % 20 is 4 or 11 ? change : 4)]),
        };
        float[] Warm(RecommenderData from) => [.. TwoTowerRecommender.Train(from, options, 1).ItemVectors.ToArray().Where((_, i) => i / options.Dimension is not (4 or 11))];
        Assert.Equal(Warm(Data(0)), Warm(Data(1)));
        Assert.NotEqual(TwoTowerRecommender.Train(Data(0), options, 1).ItemVectors.Slice(4 * options.Dimension, options.Dimension).ToArray(), TwoTowerRecommender.Train(Data(1), options, 1).ItemVectors.Slice(4 * options.Dimension, options.Dimension).ToArray());
        if (enhancement != Enhancement.TopoI2I) Assert.NotEqual(Warm(Data(0) with { LaterItems = null }), Warm(Data(1) with { LaterItems = null }));
    }

    [Fact]
    public void Train_LaterItemsInAPairwiseGraph_AreRefused()
    {
        var rows = ToyWorld.Rows.Where(row => row.Item != 4);
        var data = ToyWorld.Data(ToyWorld.Table(rows), form: ToyWorld.GraphOptions with { Pairwise = true }) with { LaterItems = [4] };
        Assert.Contains("Pairwise", Assert.Throws<ArgumentException>(() => TwoTowerRecommender.Train(data, ToyWorld.Options with { Enhancement = Enhancement.AutoGraph }, 1)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Enhancement.AutoGraph)]
    [InlineData(Enhancement.FrozenVectors)]
    public void Train_LaterItemsInAGraphThatWasTrained_AreRefused(Enhancement enhancement)
    {
        var rows = ToyWorld.Rows.Where(row => row.Item != 4);
        var data = ToyWorld.Data(ToyWorld.Table(rows), form: ToyWorld.GraphOptions with { Training = GraphTraining.Standalone }) with { LaterItems = [4] };
        Assert.Contains("trained before", Assert.Throws<ArgumentException>(() => TwoTowerRecommender.Train(data, ToyWorld.Options with { Enhancement = enhancement }, 1)).Message, StringComparison.Ordinal);
        Assert.NotNull(TwoTowerRecommender.Train(data, ToyWorld.Options with { Enhancement = Enhancement.Uist }, 1));      // reads its codes alone
    }

    private static MetapathGraphModel Graph((int, int)[] rows, int change)
    {
        int[] codes = [.. ToyWorld.Codes(ToyWorld.Items, 2).Values];
        foreach (int item in new[] { 4, 11 }) codes[2 * item] = (codes[2 * item] + change) % 3;
        return MetapathGraphModel.Fit(new FactorGraph(ToyWorld.Table(rows), ToyWorld.Codes(ToyWorld.Users, 1), new CodeTable(codes, 2, 3), 2), ToyWorld.GraphOptions, 5);
    }

    [Theory]
    [InlineData(RankingLoss.SampledSoftmax, NegativeSource.Popularity)]
    [InlineData(RankingLoss.Bpr, NegativeSource.SharedUniform)]
    [InlineData(RankingLoss.BinaryCrossEntropy, NegativeSource.SharedPopularity)]
    [InlineData(RankingLoss.FullSoftmax, NegativeSource.Uniform)]
    public void Draw_LaterItems_AreNegativesOfNoLoss(RankingLoss loss, NegativeSource source)
    {
        var sampler = new NegativeSampler(new() { Loss = loss, NegativeSource = source, Negatives = 500 }, [3, 2, 0, 4], [3, 2, 0, 4], [2]);
        var random = RandomStream.For(3, "negatives");
        int[] drawn = sampler.Draw([0, 3], ref random) switch
        {
            OwnCandidates own => own.Edges.Sources,
            SharedCandidates shared => shared.Negatives!,
            _ => [],
        };
        Assert.Equal([0, 1, 3], drawn.Distinct().Order());
    }

    [Theory]
    [InlineData(new[] { 4 }, "found one of item 'i4'")]
    [InlineData(new[] { 20 }, "distinct positions from 0 to 19")]
    [InlineData(new[] { 1, 1 }, "distinct positions from 0 to 19")]
    public void Train_WrongLaterItems_SaysSo(int[] later, string expected)
    {
        var data = ToyWorld.Data(ToyWorld.Table(ToyWorld.Rows), withGraph: false) with { LaterItems = later };
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => TwoTowerRecommender.Train(data, ToyWorld.Options with { Enhancement = Enhancement.None }, 1)).Message, StringComparison.Ordinal);
    }
}
