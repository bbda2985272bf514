using AutoGraph.Core.Randomness;
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

    private static GraphAttentionStep Step(int heads, bool version2 = false, double dropout = 0)
    {
        using var generator = new Generator(1, CPU);
        return TinyGraph.Randomize(new GraphAttentionStep(3, 5, 6, heads, generator, version2, dropout));
    }

    private static Tensor Attend(GraphAttentionStep step, Tensor sources, Tensor targets, ulong seed = 1)
    {
        var random = new RandomStream(seed);
        return step.Attend(sources, targets, Edges, ref random);
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
        Numbers.AreClose(new DenseMetapath(step).Gat("", Numbers.Matrix(sources), Numbers.Matrix(targets), t => SourcesOf[t]), Attend(step, sources, targets), 1e-12);
    }

    [Fact]
    public void Attend_TargetWithoutEdges_IsTheBias()
    {
        using var scope = NewDisposeScope();
        using var step = Step(2);
        var output = Attend(step, Numbers.Random(5, 5, 3), Numbers.Random(6, 4, 5));
        Assert.Equal(Numbers.Flat(step.named_parameters().Single(p => p.name == "bias").parameter), Numbers.Flat(output[1]));
    }

    [Fact]
    public void Attend_EveryParameterAndInput_GradientsEqualFiniteDifferences()
    {
        using var scope = NewDisposeScope();
        using var step = Step(2);
        var (sources, targets) = (Numbers.Random(5, 5, 3), Numbers.Random(6, 4, 5));
        Numbers.CheckGradients(() => Attend(step, sources, targets).square().sum(), [sources, targets, .. step.parameters()]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Attend_Dropout_EqualsDenseEquationSixOverWhatIsKept(bool version2)
    {
        using var scope = NewDisposeScope();
        using var step = Step(2, version2, 0.3);
        var (sources, targets) = (Numbers.Random(5, 5, 3) * 3, Numbers.Random(6, 4, 5) * 3);
        var random = new RandomStream(9);
        double[,] s = Numbers.Matrix(SeededDropout.Apply(sources, 0.3, ref random)), t = Numbers.Matrix(SeededDropout.Apply(targets, 0.3, ref random));
        var weights = EdgeDropout.Draw(0.3, ref random);
        Numbers.AreClose(new DenseMetapath(step).Gat("", s, t, target => SourcesOf[target], dropout: weights), Attend(step, sources, targets, 9), 1e-12);
        step.eval();
        Numbers.AreClose(new DenseMetapath(step).Gat("", Numbers.Matrix(sources), Numbers.Matrix(targets), target => SourcesOf[target]), Attend(step, sources, targets, 9), 1e-12);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Attend_Dropout_GradientsEqualFiniteDifferences(bool version2)
    {
        using var scope = NewDisposeScope();
        using var step = Step(2, version2, 0.3);
        var (sources, targets) = (Numbers.Random(5, 5, 3), Numbers.Random(6, 4, 5));
        Numbers.CheckGradients(() => Attend(step, sources, targets, 3).square().sum(), [sources, targets, .. step.parameters()]);
    }

    [Fact]
    public void Attend_WrongWidthOrCount_ThrowsInManagedCode()
    {
        using var scope = NewDisposeScope();
        using var step = Step(2);
        Assert.ThrowsAny<Exception>(() => Attend(step, Numbers.Random(5, 5, 4), Numbers.Random(6, 4, 5)));
        Assert.ThrowsAny<Exception>(() => Attend(step, Numbers.Random(5, 5, 3), Numbers.Random(6, 4, 3)));
        Assert.Throws<ArgumentException>(() => Attend(step, Numbers.Random(5, 6, 3), Numbers.Random(6, 4, 5)));
        Assert.Throws<ArgumentException>(() => Attend(step, Numbers.Random(5, 5, 3), Numbers.Random(6, 3, 5)));
    }
}
