using AutoGraph.Core.Interpretation;
using CsCheck;
using Xunit;

namespace AutoGraph.Managed.Tests.Interpretation;

public sealed class LogOddsTests
{
    [Fact]
    public void Of_OneTerm_EqualsHandComputed()
    {
        // 8 of 20 inside, 2 of 80 outside, α = 10 · 10/100 = 1: ln(9/21) − ln(3/87), σ² = 1/9 + 1/3
        var (delta, z) = LogOdds.Of(inside: 8, insideAll: 20, all: 10, allAll: 100, priorWeight: 10);
        Assert.Equal(2.519997969, delta, 8);
        Assert.Equal(2.519997969 / Math.Sqrt(4.0 / 9), z, 8);
    }

    [Fact]
    public void Of_InsideAndOutsideExchanged_ChangesTheSignOnly() => Gen.Select(Gen.Int[0, 20], Gen.Int[0, 20], Gen.Int[30, 90], Gen.Int[30, 90]).Where((a, b, _, _) => a + b > 0).Sample((inside, outside, insideAll, outsideAll) =>
    {
        var one = LogOdds.Of(inside, insideAll, inside + outside, insideAll + outsideAll, 50);
        var other = LogOdds.Of(outside, outsideAll, inside + outside, insideAll + outsideAll, 50);
        Assert.Equal(one.Delta, -other.Delta, 1e-9);
        Assert.Equal(one.ZScore, -other.ZScore, 1e-9);
    });

    [Fact]
    public void Of_HeavierPrior_PullsTowardsNoDifference()
    {
        double[] deltas = [.. new[] { 0.01, 1, 100, 1e6 }.Select(prior => LogOdds.Of(3, 10, 5, 200, prior).Delta)];
        Assert.Equal(deltas.OrderDescending(), deltas);
        Assert.InRange(deltas[^1], 0, 0.02);
    }
}
