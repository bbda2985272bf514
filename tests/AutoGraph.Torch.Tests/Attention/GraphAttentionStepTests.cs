using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Tests.Kernels;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Attention;

public sealed class GraphAttentionStepTests
{
    private static readonly int[][] SourcesOf = [[0, 2, 4], [], [3], [1, 0, 4, 2, 3]];

    private static EdgeList Edges => new(4, 5, [0, 3, 3, 4, 9], [.. SourcesOf.SelectMany(s => s)]);

    private static GraphAttentionStep Step(int heads)
    {
        using var generator = new Generator(1, CPU);
        return TinyGraph.Randomize(new GraphAttentionStep(3, 5, 6, heads, generator));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Attend_AnyHeads_EqualsDenseEquationSix(int heads)
    {
        using var scope = NewDisposeScope();
        using var step = Step(heads);
        var (sources, targets) = (Numbers.Random(5, 5, 3) * 3, Numbers.Random(6, 4, 5) * 3);
        Numbers.AreClose(new DenseMetapath(step).Gat("", Numbers.Matrix(sources), Numbers.Matrix(targets), t => SourcesOf[t]), step.Attend(sources, targets, Edges), 1e-12);
    }

    [Fact]
    public void Attend_TargetWithoutEdges_IsTheBias()
    {
        using var scope = NewDisposeScope();
        using var step = Step(2);
        var output = step.Attend(Numbers.Random(5, 5, 3), Numbers.Random(6, 4, 5), Edges);
        Assert.Equal(Numbers.Flat(step.named_parameters().Single(p => p.name == "bias").parameter), Numbers.Flat(output[1]));
    }

    [Fact]
    public void Attend_EveryParameterAndInput_GradientsEqualFiniteDifferences()
    {
        using var scope = NewDisposeScope();
        using var step = Step(2);
        var (sources, targets) = (Numbers.Random(5, 5, 3), Numbers.Random(6, 4, 5));
        Numbers.CheckGradients(() => step.Attend(sources, targets, Edges).square().sum(), [sources, targets, .. step.parameters()]);
    }

    [Fact]
    public void Attend_WrongWidthOrCount_ThrowsInManagedCode()
    {
        using var scope = NewDisposeScope();
        using var step = Step(2);
        Assert.ThrowsAny<Exception>(() => step.Attend(Numbers.Random(5, 5, 4), Numbers.Random(6, 4, 5), Edges));
        Assert.ThrowsAny<Exception>(() => step.Attend(Numbers.Random(5, 5, 3), Numbers.Random(6, 4, 3), Edges));
        Assert.Throws<ArgumentException>(() => step.Attend(Numbers.Random(5, 6, 3), Numbers.Random(6, 4, 5), Edges));
        Assert.Throws<ArgumentException>(() => step.Attend(Numbers.Random(5, 5, 3), Numbers.Random(6, 3, 5), Edges));
    }
}
