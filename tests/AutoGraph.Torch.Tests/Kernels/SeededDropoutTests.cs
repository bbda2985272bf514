using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Kernels;

public sealed class SeededDropoutTests
{
    [Fact]
    public void Apply_ManyElements_DropsThePartAndScalesTheRest()
    {
        using var scope = NewDisposeScope();
        double[] dropped = Numbers.Flat(Drop(ones(40_001, dtype: ScalarType.Float64), 0.3, 1));
        Assert.Equal([0, 1 / 0.7], dropped.Distinct().Order());
        Assert.InRange(dropped.Count(value => value == 0), 11_600, 12_400);      // 12,000 expected, standard deviation 92
    }

    [Fact]
    public void Apply_SameSeed_SameElementsAndAnotherSeedOthers()
    {
        using var scope = NewDisposeScope();
        var input = ones(500, 3);
        Assert.Equal(Numbers.Bits(Drop(input, 0.5, 1)), Numbers.Bits(Drop(input, 0.5, 1)));
        Assert.NotEqual(Numbers.Bits(Drop(input, 0.5, 1)), Numbers.Bits(Drop(input, 0.5, 2)));
    }

    [Fact]
    public void Apply_RateZero_ReturnsTheInputAndDrawsNothing()
    {
        using var scope = NewDisposeScope();
        var input = ones(3);
        RandomStream random = new(4), untouched = new(4);
        Assert.Same(input, SeededDropout.Apply(input, 0, ref random));
        Assert.Equal(untouched.NextBits(), random.NextBits());
    }

    [Fact]
    public void Backward_SameElements_EqualsFiniteDifferences()
    {
        using var scope = NewDisposeScope();
        var input = Numbers.Random(1, 5, 3);
        Numbers.CheckGradients(() => Drop(input, 0.4, 6).square().sum(), input);
    }

    private static Tensor Drop(Tensor input, double rate, ulong seed)
    {
        var random = new RandomStream(seed);
        return SeededDropout.Apply(input, rate, ref random);
    }
}
