using AutoGraph.Core.Randomness;
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
