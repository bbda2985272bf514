using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Training;
using Xunit;

namespace AutoGraph.Torch.Tests.Training;

public sealed class NegativeSamplerTests
{
    private static readonly int[] Interactions = [8, 0, 26, 1], Positives = [4, 0, 12, 0];

    private static readonly int[] Batch = [0, 2, 2, 0, 2];

    private static Candidates Draw(RecommenderOptions options)
    {
        var random = RandomStream.For(1, "test");
        return new NegativeSampler(options, Interactions, Positives).Draw(Batch, ref random);
    }

    [Theory]
    [InlineData(NegativeSource.Uniform)]
    [InlineData(NegativeSource.Popularity)]
    public void Draw_OwnNegatives_PositiveFirstAndNotAmongThem(NegativeSource source)
    {
        var own = Assert.IsType<OwnCandidates>(Draw(new() { NegativeSource = source, Negatives = 30 }));
        for (int b = 0; b < Batch.Length; b++)
        {
            int[] row = own.Edges.Sources[(31 * b)..(31 * b + 31)];
            Assert.Equal(Batch[b], row[0]);
            Assert.DoesNotContain(Batch[b], row[1..]);
        }
        // popularity: (9, 1, 27, 2) to the power of 3/4
        double[] weights = [.. Interactions.Select(count => Math.Pow(1 + count, 0.75))];
        if (source == NegativeSource.Uniform) Assert.Null(own.LogQ);
        else Assert.All(own.LogQ!.Zip(weights), pair => Assert.Equal(Math.Log(pair.Second / weights.Sum()), pair.First, 1e-12));
    }

    [Theory]
    [InlineData(NegativeSource.SharedUniform)]
    [InlineData(NegativeSource.SharedPopularity)]
    public void Draw_SharedNegatives_AsManyAsAskedForAllItems(NegativeSource source)
    {
        var shared = Assert.IsType<SharedCandidates>(Draw(new() { NegativeSource = source, Negatives = 4_000, PopularityPower = 1 }));
        Assert.Equal(4_000, shared.Negatives!.Length);
        double[] expected = source == NegativeSource.SharedUniform ? [.25, .25, .25, .25] : [9 / 39.0, 1 / 39.0, 27 / 39.0, 2 / 39.0];
        for (int item = 0; item < 4; item++) Assert.InRange(shared.Negatives.Count(drawn => drawn == item) / 4_000.0, expected[item] - .03, expected[item] + .03);
        Assert.Equal(source == NegativeSource.SharedUniform, shared.LogQ is null);
    }

    [Fact]
    public void Draw_InBatch_OtherPositivesWithTheirFrequencyInTheSamples()
    {
        var batch = Assert.IsType<SharedCandidates>(Draw(new() { NegativeSource = NegativeSource.InBatch }));
        Assert.Equal((Batch, Batch), (batch.Positives, batch.Negatives));
        Assert.All(batch.LogQ!.Zip([.25, 0, .75, 0]), pair => Assert.Equal(pair.Second, Math.Exp(pair.First), 1e-12));
        Assert.Null(Assert.IsType<SharedCandidates>(Draw(new() { NegativeSource = NegativeSource.InBatch, LogQCorrection = false })).LogQ);
        Assert.Null(Assert.IsType<SharedCandidates>(Draw(new() { NegativeSource = NegativeSource.InBatch, Loss = RankingLoss.Bpr })).LogQ);
    }

    [Fact]
    public void Draw_FullSoftmax_AllItems() => Assert.Null(Assert.IsType<SharedCandidates>(Draw(new() { Loss = RankingLoss.FullSoftmax, NegativeSource = NegativeSource.Popularity })).Negatives);
}
