using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using CsCheck;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Kernels;

[Collection(nameof(Sequential))]
public class SampledSoftmaxTests
{
    private static EdgeList Candidates(int rows, int items, int negatives, int seed)
    {
        var random = RandomStream.For(seed, "test");
        int[] positives = [.. Enumerable.Range(0, rows).Select(b => (b * 7 + seed) % items)];
        return NegativeSampling.Uniform(positives, items, negatives, ref random);
    }

    [Fact]
    public void Apply_OneRowTwoItems_EqualsHandComputed()
    {
        using var scope = NewDisposeScope();
        // scores 2 and −1: loss = log(1 + e^(−3))
        var loss = SampledSoftmax.Apply(tensor(new double[] { 1, 1 }, 1, 2), tensor(new double[] { -1, 0, 2, 0 }, 2, 2), new EdgeList(1, 2, [0, 2], [1, 0]));
        Assert.Equal(Math.Log(1 + Math.Exp(-3)), loss.item<double>(), 1e-13);
        Assert.Empty(loss.shape);
    }

    [Fact]
    public void Apply_RandomRows_EqualsDenseReference() =>
        Gen.Select(Gen.Int[1, 9], Gen.Int[2, 12], Gen.Int[1, 20], Gen.Int[1, 13], Gen.Int[0, 9999]).Sample((rows, items, negatives, width, seed) =>
        {
            using var scope = NewDisposeScope();
            var candidates = Candidates(rows, items, negatives, seed);
            var (users, vectors) = (Numbers.Random(seed, rows, width) * 3, Numbers.Random(seed + 1, items, width) * 3);
            double expected = Dense.SampledSoftmax(Numbers.Matrix(users), Numbers.Matrix(vectors), candidates);
            Assert.Equal(expected, SampledSoftmax.Apply(users, vectors, candidates).item<double>(), 1e-11);
            Assert.Equal(expected, SampledSoftmax.Apply(users.@float(), vectors.@float(), candidates).item<float>(), 1e-4);
        }, iter: 100, threads: 1);

    [Fact]
    public void Backward_BothInputs_EqualsFiniteDifferences()
    {
        using var scope = NewDisposeScope();
        var candidates = Candidates(4, 5, 6, 2);       // more negatives than items: repeats are certain
        var (users, items) = (Numbers.Random(1, 4, 7), Numbers.Random(2, 5, 7));
        Numbers.CheckGradients(() => SampledSoftmax.Apply(users, items, candidates) * 3, users, items);
    }

    [Fact]
    public void Backward_AgainstTorchLogSoftmax_SameGradients()
    {
        using var scope = NewDisposeScope();
        var candidates = Candidates(6, 9, 4, 1);
        var (users, items) = (Numbers.Random(1, 6, 8), Numbers.Random(2, 9, 8));
        var fused = Numbers.Gradients(() => SampledSoftmax.Apply(users, items, candidates), users, items);
        var index = tensor(candidates.Sources, ScalarType.Int64).view(6, 5);
        var composed = Numbers.Gradients(() => nn.functional.log_softmax(users.mm(items.t()).gather(1, index), 1).select(1, 0).mean().neg(), users, items);
        for (int i = 0; i < 2; i++) Numbers.AreClose(composed[i], fused[i], 1e-12);
    }

    [Fact]
    public void Apply_HugeScores_StaysFinite()
    {
        using var scope = NewDisposeScope();
        var loss = SampledSoftmax.Apply(full(1, 1, 1000f), tensor(new float[] { 0, 1000 }, 2, 1), new EdgeList(1, 2, [0, 2], [0, 1]));
        Assert.Equal(1e6f, loss.item<float>(), 1f);
    }

    [Fact]
    public void ApplyAndBackward_OneOrTwoThreads_SameBits()
    {
        using var scope = NewDisposeScope();
        var candidates = Candidates(400, 300, 20, 1);
        Assert.Equal(Run(1), Run(2));

        int[] Run(int threads) => Threads.With<int[]>(threads, () =>
        {
            var (users, items) = (Numbers.Random(1, 400, 33).@float().detach().requires_grad_(), Numbers.Random(2, 300, 33).@float().detach().requires_grad_());
            var loss = SampledSoftmax.Apply(users, items, candidates);
            loss.backward();
            return [.. Numbers.Bits(loss), .. Numbers.Bits(users.grad!), .. Numbers.Bits(items.grad!)];
        });
    }

    [Fact]
    public void Apply_WrongShapeOrNoCandidates_ThrowsArgumentException()
    {
        using var scope = NewDisposeScope();
        var candidates = new EdgeList(1, 3, [0, 2], [0, 1]);
        Assert.Throws<ArgumentException>(() => SampledSoftmax.Apply(zeros(2, 4), zeros(3, 4), candidates));
        Assert.Throws<ArgumentException>(() => SampledSoftmax.Apply(zeros(1, 4), zeros(3, 5), candidates));
        Assert.Throws<ArgumentException>(() => SampledSoftmax.Apply(zeros(1, 4), zeros(2, 4), candidates));
        Assert.Throws<ArgumentException>(() => SampledSoftmax.Apply(zeros(1, 4), zeros(3, 4, dtype: ScalarType.Float64), candidates));
        var error = Assert.Throws<ArgumentException>(() => SampledSoftmax.Apply(zeros(2, 4), zeros(3, 4), new EdgeList(2, 3, [0, 2, 2], [0, 1])));
        Assert.Contains("row 1", error.Message, StringComparison.Ordinal);
    }
}
