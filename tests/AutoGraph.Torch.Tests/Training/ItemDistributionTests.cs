using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Training;
using CsCheck;
using Xunit;

namespace AutoGraph.Torch.Tests.Training;

public sealed class ItemDistributionTests
{
    [Fact]
    public void Draw_ManyTimes_FollowsTheWeights()
    {
        double[] weights = [3, 0, 1, 6, 0];
        var (distribution, random, counts) = (new ItemDistribution(weights), RandomStream.For(1, "test"), new int[5]);
        for (int i = 0; i < 100_000; i++) counts[distribution.Draw(ref random)]++;
        for (int i = 0; i < 5; i++) Assert.InRange(counts[i], weights[i] * 9_500, weights[i] * 10_500);
        Assert.All(distribution.LogProbabilities.Zip(weights), pair => Assert.Equal(pair.Second / 10, Math.Exp(pair.First), 1e-12));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void DrawExcept_AnItem_OthersKeepTheirProportion(int item)
    {
        double[] weights = [3, 0, 1, 6, 0];
        var (distribution, random, counts) = (new ItemDistribution(weights), RandomStream.For(2, "test"), new int[5]);
        for (int i = 0; i < 100_000; i++) counts[distribution.DrawExcept(item, ref random)]++;
        double rest = 10 - weights[item];
        for (int i = 0; i < 5; i++) Assert.InRange(counts[i], i == item ? 0 : weights[i] / rest * 95_000, i == item ? 0 : weights[i] / rest * 105_000);
    }

    [Fact]
    public void DrawAndDrawExcept_AnyWeights_GiveItemsThatHaveAWeight() =>
        Gen.Select(Gen.Double[0, 1e6].Array[2, 40], Gen.Int[0, 9999]).Sample((weights, seed) =>
        {
            for (int i = 2; i < weights.Length; i += 3) weights[i] = 0;
            weights[0]++;
            weights[1] += 1e-9;
            var (distribution, random) = (new ItemDistribution(weights), RandomStream.For(seed, "test"));
            for (int i = 0; i < 200; i++)
            {
                Assert.True(weights[distribution.Draw(ref random)] > 0);
                int drawn = distribution.DrawExcept(i % weights.Length, ref random);
                Assert.True(weights[drawn] > 0 && drawn != i % weights.Length);
            }
        }, iter: 200, threads: 1);

    [Fact]
    public void Constructor_NoWeight_SaysSo() => Assert.Contains("found 0", Assert.Throws<ArgumentException>(() => new ItemDistribution([0, 0])).Message, StringComparison.Ordinal);
}
