using AutoGraph.Torch.Backbones;
using AutoGraph.Torch.Training;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Training;

[Collection(nameof(Sequential))]
public sealed class WeightAverageTests
{
    private static double[] Averages(double decay, params double[] weights)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        using var module = new Tower("tower", 1, [], 1, generator);
        using var average = new WeightAverage([module], decay);
        var seen = new List<double>();
        foreach (double weight in weights)
        {
            using (no_grad()) foreach (var parameter in module.parameters()) parameter.fill_(weight);
            average.Update();
            average.Swap();
            seen.Add(module.parameters().First().data<float>()[0]);
            average.Swap();
            Assert.All(module.parameters(), parameter => Assert.Equal((float)weight, parameter.data<float>()[0]));
        }
        return [.. seen];
    }

    [Fact]
    public void Update_EarlySteps_FollowTheRamp()
    {
        double[] seen = Averages(0.2, 10, 10, 4, 4);
        // γ_t = 1/10, 2/11, then 3/12 and more, which 0.2 limits
        Assert.Equal(0.1 * Initial() + 0.9 * 10, seen[0], 1e-5);
        Assert.Equal(seen[0] * 2 / 11 + 10 * 9.0 / 11, seen[1], 1e-5);
        Assert.Equal(seen[1] * 0.2 + 4 * 0.8, seen[2], 1e-5);
        Assert.Equal(seen[2] * 0.2 + 4 * 0.8, seen[3], 1e-5);

        static double Initial()
        {
            using var generator = new Generator(1, CPU);
            using var module = new Tower("tower", 1, [], 1, generator);
            return module.parameters().First().data<float>()[0];
        }
    }

    [Fact]
    public void Update_WithoutDecay_KeepsTheLastWeights() => Assert.Equal([3, 5, 7], Averages(0, 3, 5, 7));
}
