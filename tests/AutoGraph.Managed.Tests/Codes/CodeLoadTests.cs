using AutoGraph.Core.Codes;
using Xunit;

namespace AutoGraph.Managed.Tests.Codes;

public sealed class CodeLoadTests
{
    [Fact]
    public void Measure_ByHand_IsHalfTheSumOfDifferences()
    {
        // shares .5 .3 .2 0 against .2 .2 .2 .4
        var load = CodeLoad.Measure([50, 30, 20, 0], [2, 2, 2, 4]);
        Assert.Equal((0.3 + 0.1 + 0 + 0.4) / 2, load.Distance, 1e-12);
        Assert.Equal((3, 0.4, 0.0), (load.HeaviestCode, load.HeaviestShare, load.HeaviestTrainingShare));
        Assert.Equal(0, CodeLoad.Measure([5, 3, 2], [10, 6, 4]).Distance, 1e-12);
        Assert.Equal(1, CodeLoad.Measure([5, 0], [0, 3]).Distance, 1e-12);
        Assert.Equal((1, 0.5), (CodeLoad.Measure([0, 1, 1], [0, 2, 2]).HeaviestCode, CodeLoad.Measure([0, 1, 1], [0, 2, 2]).HeaviestShare));
    }

    [Theory, InlineData(1, 0.5), InlineData(4, 0.25), InlineData(7, 0.9), InlineData(20, 0.013)]
    public void MeanDeviation_AnyBinomial_IsTheSumOverItsCounts(int n, double p)
    {
        double expected = 0, probability = Math.Pow(1 - p, n);
        for (int count = 0; count <= n; count++)
        {
            expected += probability * Math.Abs(count - n * p);
            probability *= (double)(n - count) / (count + 1) * p / (1 - p);
        }
        Assert.Equal(expected, CodeLoad.MeanDeviation(n, p), 1e-10);
        Assert.Equal(0, CodeLoad.MeanDeviation(n, 0));
        Assert.Equal(0, CodeLoad.MeanDeviation(n, 1));
    }

    [Fact]
    public void DistanceByChance_RowsDrawnAsTheTraining_IsWhatIsFoundOnAverage()
    {
        var random = new Random(5);
        double found = 0, expected = 0;
        for (int draw = 0; draw < 200; draw++)
        {
            var load = CodeLoad.Measure(Draw(2000), Draw(300));
            (found, expected) = (found + load.Distance / 200, expected + load.DistanceByChance / 200);
        }
        Assert.Equal(found, expected, 0.02 * found);

        int[] Draw(int rows)
        {
            var counts = new int[40];
            for (int row = 0; row < rows; row++) counts[(int)(40 * Math.Pow(random.NextDouble(), 2))]++;
            return counts;
        }
    }

    [Fact]
    public void Measure_NoRowsOrOtherCodes_IsRefused()
    {
        Assert.Contains("of 0 and 1 rows", Assert.Throws<ArgumentException>(() => CodeLoad.Measure([0], [1])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => CodeLoad.Measure([1, 2], [1]));
    }
}
