using AutoGraph.Core.Codes;
using Xunit;

namespace AutoGraph.Managed.Tests.Codes;

public sealed class CodebookReportTests
{
    // level 0: codes 0, 0, 1, 1 of 4; level 1: always 2 of 8; rows 0 and 1 share their whole id, as do rows 2 and 3
    private static readonly CodeTable FourRows = new([0, 2, 0, 2, 1, 2, 1, 2], 2, 8);

    // two levels that say the same: ids repeat although 16 would be there for 8 rows
    private static readonly CodeTable TwinLevels = new([0, 0, 1, 1, 2, 2, 3, 3, 0, 0, 1, 1, 2, 2, 3, 3], 2, 12);

    [Fact]
    public void Measure_FourRows_EqualsHandComputed()
    {
        var health = CodebookReport.Measure(FourRows, [4, 8], [0.6, 0.3], [1.4, 1.7]);
        Assert.Equal((0.5, 2.0, 0.6, 1.4), (health.Levels[0].ActiveRatio, Math.Round(health.Levels[0].Perplexity, 12), health.Levels[0].RelativeError, health.Levels[0].RandomError));
        Assert.Equal((0.125, 1.0, 0.3, 1.7), (health.Levels[1].ActiveRatio, Math.Round(health.Levels[1].Perplexity, 12), health.Levels[1].RelativeError, health.Levels[1].RandomError));
        Assert.Equal((1.0, 0.3), (health.CollisionRate, health.RelativeError));
        Assert.Equal(0.875, health.RandomCollisionRate, 12);      // two rows have the same id with 1/2 · 1, none of three others with 1/8
        Assert.False(CodebookReport.IsCollapsed(health));
        Assert.Contains("level 1: 12.5 % of the codes in use, perplexity 1.0, relative error 0.300 (random codes 1.700)", health.ToString(), StringComparison.Ordinal);
        Assert.Contains("whole ids: 100.0 % of the rows share theirs (independent levels 87.5 %)", health.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Measure_UnevenUse_PerplexityIsTheExponentialOfTheEntropy()
    {
        // shares 1/2, 1/4, 1/4: H = 1.5 bits, perplexity 2^1.5
        var health = CodebookReport.Measure(new CodeTable([0, 0, 1, 2], 1, 3), [3], [0.5], [1.5]);
        Assert.Equal(Math.Pow(2, 1.5), health.Levels[0].Perplexity, 12);
        Assert.Equal(0.5, health.CollisionRate);
    }

    [Fact]
    public void Warnings_EachThreshold_OneSentenceWithItsRemedy()
    {
        var bad = CodebookReport.Warnings(CodebookReport.Measure(TwinLevels, [4, 12], [1.0, 1.0], [1.0, 1.05]));
        Assert.Collection(bad,
            level => Assert.StartsWith("Level 1 uses 33", level, StringComparison.Ordinal),
            ids => Assert.Contains("share their whole id", ids, StringComparison.Ordinal),
            error => Assert.Contains("close to that of random codes", error, StringComparison.Ordinal));
        var tree = CodebookReport.Warnings(CodebookReport.Measure(TwinLevels, [4, 12], [0.3, 0.3], [1.7, 1.7]), distinctIds: false);
        Assert.StartsWith("Level 1 uses 33", Assert.Single(tree), StringComparison.Ordinal);
        Assert.Empty(CodebookReport.Warnings(CodebookReport.Measure(new CodeTable([0, 1, 2, 3], 1, 4), [4], [0.3], [1.7])));
    }

    [Fact]
    public void IsCollapsed_OneIdForAll_True() =>
        Assert.True(CodebookReport.IsCollapsed(CodebookReport.Measure(new CodeTable([1, 2, 1, 2], 2, 4), [4, 4], [1, 1], [1, 1])));

    [Theory, InlineData(2), InlineData(0), InlineData(5)]
    public void Measure_SizeThatDoesNotFitTheCodes_Refused(int size) =>
        Assert.Contains($"Expected a size from 4 to 4 for level 0, whose highest code is 3, found {size}",
            Assert.Throws<ArgumentException>(() => CodebookReport.Measure(new CodeTable([0, 1, 2, 3], 1, 4), [size], [0.3], [1.7])).Message, StringComparison.Ordinal);

    [Fact]
    public void Measure_ListsOfAnotherLength_Refused() =>
        Assert.Contains("Expected 2 sizes and errors", Assert.Throws<ArgumentException>(() => CodebookReport.Measure(FourRows, [4], [0.6, 0.3], [1.4, 1.7])).Message, StringComparison.Ordinal);
}
