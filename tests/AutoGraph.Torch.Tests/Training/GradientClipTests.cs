using AutoGraph.Torch.Backbones;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Tests.Kernels;
using AutoGraph.Torch.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Training;

[Collection(nameof(Sequential))]
public sealed class GradientClipTests
{
    private static double[] Clipped(double limit, out double norm, params float[] gradients)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        using var module = new Tower("tower", 1, [], 1, generator);            // one weight and one bias
        using var optimizer = new AdamW([module], 0.1, 0);
        foreach (var (parameter, gradient) in module.parameters().Zip(gradients)) parameter.grad = tensor(gradient).expand(parameter.shape).clone();
        norm = optimizer.Clip(limit);
        return [.. module.parameters().Select(parameter => (double)parameter.grad!.data<float>()[0])];
    }

    [Fact]
    public void Clip_LongerThanTheLimit_ShortensAllParametersByOneFactor()
    {
        Numbers.AreClose([1.5, -2], Clipped(2.5, out double norm, 3, -4), 1e-6);     // ‖(3, −4)‖ = 5
        Assert.Equal(5, norm, 1e-12);
    }

    [Fact]
    public void Clip_WithinTheLimit_ChangesNothing() => Assert.Equal([3, -4], Clipped(5, out _, 3, -4));

    [Fact]
    public void Clip_GradientThatIsNotFinite_SaysThatTrainingDiverged() =>
        Assert.Contains("Lower the learning rate (0.1)", Assert.Throws<InvalidOperationException>(() => Clipped(1, out _, float.NaN, 1)).Message, StringComparison.Ordinal);

    [Fact]
    public void Norm_LongTensors_EqualsTheSumInDoubleWithAnyNumberOfThreads()
    {
        using var scope = NewDisposeScope();
        var (wide, turned) = (Numbers.Random(1, 700, 301), Numbers.Random(2, 5, 3).t());
        double expected = Math.Sqrt(Numbers.Flat(wide).Concat(Numbers.Flat(turned)).Sum(x => x * x));
        Assert.Equal(expected, GradientNorm.Of([wide, turned]), 1e-9);
        double one = Threads.With(1, () => GradientNorm.Of([wide.@float(), turned.@float()]));
        Assert.Equal(expected, one, 1e-3);
        Assert.Equal(one, Threads.With(2, () => GradientNorm.Of([wide.@float(), turned.@float()])));
    }
}
