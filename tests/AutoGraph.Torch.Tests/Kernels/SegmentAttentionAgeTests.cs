using AutoGraph.Torch.Kernels;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Kernels;

/// <summary>Attention whose logits also depend on how many edges of the target come after an edge.</summary>
public sealed class SegmentAttentionAgeTests
{
    private static readonly EdgeList Edges = new(4, 5, [0, 3, 3, 4, 8], [0, 4, 2, 1, 3, 3, 0, 2]);

    private static (Tensor Source, Tensor SourceLogit, Tensor TargetLogit, Tensor AgeLogit) Inputs() =>
        (Numbers.Random(1, 5, 6), Numbers.Random(2, 5, 2), Numbers.Random(3, 4, 2), Numbers.Random(4, 6, 2));

    [Fact]
    public void Apply_TwoEdges_TheLaterHasAgeZero()
    {
        using var scope = NewDisposeScope();
        var zero = zeros(2, 1, dtype: ScalarType.Float64);
        // logits: the first edge has age 1, ln 3; the second age 0, 0 → α = (3/4, 1/4)
        var output = SegmentAttention.Apply(tensor(new double[] { 8, 4 }, 2, 1), zero, zeros(1, 1, dtype: ScalarType.Float64), new EdgeList(1, 2, [0, 2], [0, 1]), tensor(new[] { 0, Math.Log(3) }, 2, 1));
        Numbers.AreClose([7], Numbers.Flat(output), 1e-14);
    }

    [Fact]
    public void Apply_SeveralTargets_EqualsDenseReference()
    {
        using var scope = NewDisposeScope();
        var (source, sourceLogit, targetLogit, ageLogit) = Inputs();
        var expected = Dense.Attention(Numbers.Matrix(source), Numbers.Matrix(sourceLogit), Numbers.Matrix(targetLogit), Edges, Numbers.Matrix(ageLogit));
        Numbers.AreClose(expected, SegmentAttention.Apply(source, sourceLogit, targetLogit, Edges, ageLogit), 1e-12);
        Numbers.AreClose(expected, SegmentAttentionComposed.Apply(source, sourceLogit, targetLogit, Edges, ageLogit), 1e-12);
    }

    [Fact]
    public void Backward_EveryInput_EqualsFiniteDifferencesAndComposedPath()
    {
        using var scope = NewDisposeScope();
        var (source, sourceLogit, targetLogit, ageLogit) = Inputs();
        var upstream = Numbers.Random(9, 4, 6);
        Tensor[] inputs = [source, sourceLogit, targetLogit, ageLogit];
        Numbers.CheckGradients(() => (SegmentAttention.Apply(source, sourceLogit, targetLogit, Edges, ageLogit) * upstream).square().sum(), inputs);
        var fused = Numbers.Gradients(() => (SegmentAttention.Apply(source, sourceLogit, targetLogit, Edges, ageLogit) * upstream).sum(), inputs);
        var composed = Numbers.Gradients(() => (SegmentAttentionComposed.Apply(source, sourceLogit, targetLogit, Edges, ageLogit) * upstream).sum(), inputs);
        for (int i = 0; i < 4; i++) Numbers.AreClose(composed[i], fused[i], 1e-11);
        Assert.All(fused[3][8..], gradient => Assert.Equal(0, gradient));          // no target has a fifth edge
    }

    [Fact]
    public void Apply_MoreEdgesThanAges_SaysHowMany()
    {
        using var scope = NewDisposeScope();
        var (source, sourceLogit, targetLogit, ageLogit) = Inputs();
        var error = Assert.Throws<ArgumentException>(() => SegmentAttention.Apply(source, sourceLogit, targetLogit, Edges, ageLogit[..3]));
        Assert.Contains("at most 3 edges", error.Message, StringComparison.Ordinal);
        Assert.Contains("found 4", error.Message, StringComparison.Ordinal);
    }
}
