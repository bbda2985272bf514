using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using CsCheck;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Kernels;

[Collection(nameof(Sequential))]
public class CandidateLossTests
{
    private static EdgeList Candidates(int rows, int items, int negatives, int seed)
    {
        var random = RandomStream.For(seed, "test");
        int[] positives = [.. Enumerable.Range(0, rows).Select(b => (b * 7 + seed) % items)];
        return NegativeSampling.Uniform(positives, items, negatives, ref random);
    }

    public static TheoryData<RankingLoss, bool> Losses
    {
        get
        {
            var data = new TheoryData<RankingLoss, bool>();
            foreach (var loss in Enum.GetValues<RankingLoss>())
                foreach (bool corrected in (bool[])[false, true]) data.Add(loss, corrected);
            return data;
        }
    }

    private static double[]? LogQ(int items, bool corrected) => corrected ? [.. Enumerable.Range(0, items).Select(i => Math.Log((1 + i % 5) / 20.0))] : null;

    [Theory]
    [InlineData(RankingLoss.SampledSoftmax, 0.04858735157374206)]           // scores 2 and −1: log(1 + e^(−3))
    [InlineData(RankingLoss.Bpr, 0.04858735157374206)]                      // −log σ(3), the same with one negative
    [InlineData(RankingLoss.BinaryCrossEntropy, 0.22009484928059776)]       // (−log σ(2) − log σ(1)) / 2 = (0.126928 + 0.313262) / 2
    public void Apply_OneRowTwoItems_EqualsHandComputed(RankingLoss kind, double expected)
    {
        using var scope = NewDisposeScope();
        var loss = CandidateLoss.Apply(kind, tensor(new double[] { 1, 1 }, 1, 2), tensor(new double[] { -1, 0, 2, 0 }, 2, 2), new EdgeList(1, 2, [0, 2], [1, 0]));
        Assert.Equal(expected, loss.item<double>(), 1e-13);
        Assert.Empty(loss.shape);
    }

    [Theory, MemberData(nameof(Losses))]
    public void Apply_RandomRows_EqualsDenseReference(RankingLoss loss, bool corrected) =>
        Gen.Select(Gen.Int[1, 9], Gen.Int[2, 12], Gen.Int[1, 140], Gen.Int[1, 13], Gen.Int[0, 9999]).Sample((rows, items, negatives, width, seed) =>
        {
            using var scope = NewDisposeScope();
            var (candidates, logQ) = (Candidates(rows, items, negatives, seed), LogQ(items, corrected));
            var (users, vectors) = (Numbers.Random(seed, rows, width) * 3, Numbers.Random(seed + 1, items, width) * 3);
            double expected = Dense.Loss(loss, Numbers.Matrix(users), Numbers.Matrix(vectors), Dense.Rows(candidates), logQ);
            Assert.Equal(expected, CandidateLoss.Apply(loss, users, vectors, candidates, logQ).item<double>(), 1e-11);
            Assert.Equal(expected, CandidateLoss.Apply(loss, users.@float(), vectors.@float(), candidates, logQ).item<float>(), 1e-4);
            Assert.Equal(expected, CandidateLoss.Composed(loss, users, vectors, candidates, logQ).item<double>(), 1e-11);
        }, iter: 50, threads: 1);

    [Theory, MemberData(nameof(Losses))]
    public void Backward_BothInputs_EqualsFiniteDifferences(RankingLoss loss, bool corrected)
    {
        using var scope = NewDisposeScope();
        var candidates = Candidates(4, 5, 6, 2);       // more negatives than items: repeats are certain
        var (users, items) = (Numbers.Random(1, 4, 7), Numbers.Random(2, 5, 7));
        Numbers.CheckGradients(() => CandidateLoss.Apply(loss, users, items, candidates, LogQ(5, corrected)) * 3, users, items);
    }

    [Fact]
    public void Backward_AgainstTorchLogSoftmax_SameGradients()
    {
        using var scope = NewDisposeScope();
        var candidates = Candidates(6, 9, 4, 1);
        var (users, items) = (Numbers.Random(1, 6, 8), Numbers.Random(2, 9, 8));
        var fused = Numbers.Gradients(() => CandidateLoss.Apply(RankingLoss.SampledSoftmax, users, items, candidates), users, items);
        var index = tensor(candidates.Sources, ScalarType.Int64).view(6, 5);
        var composed = Numbers.Gradients(() => nn.functional.log_softmax(users.mm(items.t()).gather(1, index), 1).select(1, 0).mean().neg(), users, items);
        for (int i = 0; i < 2; i++) Numbers.AreClose(composed[i], fused[i], 1e-12);
    }

    [Theory]
    [InlineData(RankingLoss.SampledSoftmax, 1e6f)]
    [InlineData(RankingLoss.Bpr, 1e6f)]
    [InlineData(RankingLoss.BinaryCrossEntropy, 5e5f)]      // the positive scores 0 and costs log 2
    public void Apply_HugeScores_StaysFinite(RankingLoss kind, float expected)
    {
        using var scope = NewDisposeScope();
        var user = full(1, 1, 1000f).requires_grad_();
        var loss = CandidateLoss.Apply(kind, user, tensor(new float[] { 0, 1000 }, 2, 1), new EdgeList(1, 2, [0, 2], [0, 1]));
        Assert.Equal(expected, loss.item<float>(), 1f);
        loss.backward();
        Assert.Equal(kind == RankingLoss.BinaryCrossEntropy ? 500 : 1000, user.grad!.item<float>(), 1e-3f);
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
            var loss = CandidateLoss.Apply(RankingLoss.SampledSoftmax, users, items, candidates);
            loss.backward();
            return [.. Numbers.Bits(loss), .. Numbers.Bits(users.grad!), .. Numbers.Bits(items.grad!)];
        });
    }

    [Fact]
    public void Apply_WrongShapeOrNoCandidates_ThrowsArgumentException()
    {
        using var scope = NewDisposeScope();
        var candidates = new EdgeList(1, 3, [0, 2], [0, 1]);
        Assert.Throws<ArgumentException>(() => CandidateLoss.Apply(RankingLoss.SampledSoftmax, zeros(2, 4), zeros(3, 4), candidates));
        Assert.Throws<ArgumentException>(() => CandidateLoss.Apply(RankingLoss.SampledSoftmax, zeros(1, 4), zeros(3, 5), candidates));
        Assert.Throws<ArgumentException>(() => CandidateLoss.Apply(RankingLoss.SampledSoftmax, zeros(1, 4), zeros(2, 4), candidates));
        Assert.Throws<ArgumentException>(() => CandidateLoss.Apply(RankingLoss.SampledSoftmax, zeros(1, 4), zeros(3, 4, dtype: ScalarType.Float64), candidates));
        var error = Assert.Throws<ArgumentException>(() => CandidateLoss.Apply(RankingLoss.SampledSoftmax, zeros(2, 4), zeros(3, 4), new EdgeList(2, 3, [0, 2, 2], [0, 1])));
        Assert.Contains("row 1", error.Message, StringComparison.Ordinal);
    }
}
