using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Training;
using Xunit;

namespace AutoGraph.Torch.Tests.Training;

public class NegativeSamplingTests
{
    [Fact]
    public void Uniform_ManyRows_PositiveFirstAndNeverAmongTheNegatives()
    {
        var random = RandomStream.For(1, "negatives");
        int[] positives = [.. Enumerable.Range(0, 500).Select(b => b % 10)];
        var candidates = NegativeSampling.Uniform(positives, 10, 20, ref random);

        Assert.Equal((500, 10, 500 * 21), (candidates.TargetCount, candidates.SourceCount, candidates.EdgeCount));
        for (int b = 0; b < 500; b++)
        {
            var row = candidates.Sources.AsSpan(candidates.Offsets[b]..candidates.Offsets[b + 1]);
            Assert.Equal(21, row.Length);
            Assert.Equal(positives[b], row[0]);
            Assert.False(row[1..].Contains(positives[b]));
            Assert.InRange(row[1..].ToArray().Min(), 0, 9);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    public void Uniform_OnePositive_OtherItemsEquallyOften(int positive)
    {
        var random = RandomStream.For(2, "negatives");
        var counts = new int[5];
        foreach (int item in NegativeSampling.Uniform([positive], 5, 40_000, ref random).Sources.AsSpan(1)) counts[item]++;
        Assert.Equal(0, counts[positive]);
        Assert.All(counts.Where((_, item) => item != positive), count => Assert.InRange(count, 9_500, 10_500));
    }

    [Fact]
    public void Uniform_TwoItems_AlwaysTheOther()
    {
        var random = RandomStream.For(2, "negatives");
        Assert.Equal([0, 1, 1, 1, 1, 0, 0, 0], NegativeSampling.Uniform([0, 1], 2, 3, ref random).Sources);
    }
}
