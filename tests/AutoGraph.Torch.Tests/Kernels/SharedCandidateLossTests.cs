using AutoGraph.Torch.Kernels;
using CsCheck;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Kernels;

[Collection(nameof(Sequential))]
public class SharedCandidateLossTests
{
    public static TheoryData<RankingLoss, bool, bool> Losses
    {
        get
        {
            var data = new TheoryData<RankingLoss, bool, bool>();
            foreach (var loss in Enum.GetValues<RankingLoss>())
                foreach (bool all in (bool[])[false, true])
                    foreach (bool corrected in (bool[])[false, true]) data.Add(loss, all, corrected);
            return data;
        }
    }

    private static double[]? LogQ(int items, bool corrected) => corrected ? [.. Enumerable.Range(0, items).Select(i => Math.Log((1 + i % 5) / 20.0))] : null;

    /// <summary>Each row's positive, then the shared negatives that are not it.</summary>
    private static IReadOnlyList<int[]> Rows(int[] positives, int[]? negatives, int items) =>
        [.. positives.Select(positive => (int[])[positive, .. (negatives ?? [.. Enumerable.Range(0, items)]).Where(item => item != positive)])];

    [Fact]
    public void Apply_CollisionOfOneRow_IsLeftOutThereAlone()
    {
        using var scope = NewDisposeScope();
        // scores of both rows: item 0: 2, item 1: −1; the only negative is item 1, which is the positive of the second row
        var (users, items) = (tensor(new double[] { 1, 1 }, 2, 1), tensor(new double[] { 2, -1 }, 2, 1));
        Assert.Equal(Math.Log(1 + Math.Exp(-3)) / 2, SharedCandidateLoss.Apply(RankingLoss.SampledSoftmax, users, items, [0, 1], [1]).item<double>(), 1e-13);
        Assert.Equal(Math.Log(1 + Math.Exp(-3)) / 2, SharedCandidateLoss.Apply(RankingLoss.Bpr, users, items, [0, 1], [1]).item<double>(), 1e-13);
        // both positives, score 2 and −1, cost half; the first row's negative, score −1, half as well
        Assert.Equal((Math.Log(1 + Math.Exp(-2)) / 2 + Math.Log(1 + Math.Exp(-1)) / 2 + Math.Log(1 + Math.Exp(1)) / 2) / 2,
            SharedCandidateLoss.Apply(RankingLoss.BinaryCrossEntropy, users, items, [0, 1], [1]).item<double>(), 1e-13);
    }

    [Theory, MemberData(nameof(Losses))]
    public void Apply_RandomRows_EqualsDenseReference(RankingLoss loss, bool all, bool corrected) =>
        Gen.Select(Gen.Int[1, 30], Gen.Int[2, 12], Gen.Int[1, 90], Gen.Int[1, 13], Gen.Int[0, 9999]).Sample((rows, items, shared, width, seed) =>
        {
            using var scope = NewDisposeScope();
            var random = new Random(seed);
            int[] positives = [.. Enumerable.Range(0, rows).Select(_ => random.Next(items))];
            int[]? negatives = all ? null : [.. Enumerable.Range(0, shared).Select(_ => random.Next(items))];
            var logQ = LogQ(items, corrected);
            var (users, vectors) = (Numbers.Random(seed, rows, width) * 3, Numbers.Random(seed + 1, items, width) * 3);
            double expected = Dense.Loss(loss, Numbers.Matrix(users), Numbers.Matrix(vectors), Rows(positives, negatives, items), logQ);
            Assert.Equal(expected, SharedCandidateLoss.Apply(loss, users, vectors, positives, negatives, logQ).item<double>(), 1e-11);
            Assert.Equal(expected, SharedCandidateLoss.Apply(loss, users.@float(), vectors.@float(), positives, negatives, logQ).item<float>(), 1e-4);
            Assert.Equal(expected, SharedCandidateLoss.Composed(loss, users, vectors, positives, negatives, logQ).item<double>(), 1e-11);
        }, iter: 40, threads: 1);

    [Theory, MemberData(nameof(Losses))]
    public void Backward_BothInputs_EqualsFiniteDifferencesAndTensorOperations(RankingLoss loss, bool all, bool corrected)
    {
        using var scope = NewDisposeScope();
        int[] positives = [1, 4, 1, 0];
        int[]? negatives = all ? null : [0, 1, 3, 3, 1, 2];
        var (users, items) = (Numbers.Random(1, 4, 7), Numbers.Random(2, 5, 7));
        Numbers.CheckGradients(() => SharedCandidateLoss.Apply(loss, users, items, positives, negatives, LogQ(5, corrected)) * 3, users, items);
        var fused = Numbers.Gradients(() => SharedCandidateLoss.Apply(loss, users, items, positives, negatives, LogQ(5, corrected)), users, items);
        var composed = Numbers.Gradients(() => SharedCandidateLoss.Composed(loss, users, items, positives, negatives, LogQ(5, corrected)), users, items);
        for (int i = 0; i < 2; i++) Numbers.AreClose(composed[i], fused[i], 1e-12);
    }

    [Fact]
    public void Apply_MoreRowsThanABlock_EqualsTensorOperationsAndFullSoftmaxOfTorch()
    {
        using var scope = NewDisposeScope();
        const int Rows = 150, Items = 4000;                // 65 rows a block
        int[] positives = [.. Enumerable.Range(0, Rows).Select(b => b * 37 % Items)];
        var (users, items) = (Numbers.Random(1, Rows, 8), Numbers.Random(2, Items, 8));
        var fused = Numbers.Gradients(() => SharedCandidateLoss.Apply(RankingLoss.FullSoftmax, users, items, positives, null), users, items);
        var torch = Numbers.Gradients(() => nn.functional.cross_entropy(users.mm(items.t()), tensor(positives, ScalarType.Int64)), users, items);
        for (int i = 0; i < 2; i++) Numbers.AreClose(torch[i], fused[i], 1e-12);
    }

    [Fact]
    public void Apply_OnlyCollisions_CostNothingButForBinaryCrossEntropyThePositive()
    {
        using var scope = NewDisposeScope();
        var (users, items) = (ones(1, 1).requires_grad_(), tensor(new float[] { 2, -1 }, 2, 1));
        foreach (var loss in (RankingLoss[])[RankingLoss.SampledSoftmax, RankingLoss.Bpr])
        {
            var value = SharedCandidateLoss.Apply(loss, users, items, [0], [0, 0]);
            value.backward();
            Assert.Equal(0, value.item<float>());
            Assert.Equal(0, users.grad!.item<float>());
        }
        Assert.Equal(Math.Log(1 + Math.Exp(-2)) / 2, SharedCandidateLoss.Apply(RankingLoss.BinaryCrossEntropy, users, items, [0], [0, 0]).item<float>(), 1e-6);
    }

    [Fact]
    public void ApplyAndBackward_OneOrTwoKernelThreads_SameBits()
    {
        using var scope = NewDisposeScope();
        int[] positives = [.. Enumerable.Range(0, 400).Select(b => b % 300)];
        foreach (var loss in Enum.GetValues<RankingLoss>()) Assert.Equal(Run(loss, 1), Run(loss, 2));

        int[] Run(RankingLoss loss, int threads) => Threads.With<int[]>(threads, () =>
        {
            var (users, items) = (Numbers.Random(1, 400, 33).@float().detach().requires_grad_(), Numbers.Random(2, 300, 33).@float().detach().requires_grad_());
            var value = SharedCandidateLoss.Apply(loss, users, items, positives, positives);
            value.backward();
            return [.. Numbers.Bits(value), .. Numbers.Bits(users.grad!), .. Numbers.Bits(items.grad!)];
        });
    }

    [Fact]
    public void Apply_WrongShapeOrPosition_ThrowsArgumentException()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => SharedCandidateLoss.Apply(RankingLoss.Bpr, zeros(2, 4), zeros(3, 4), [0], [1]));
        Assert.Throws<ArgumentException>(() => SharedCandidateLoss.Apply(RankingLoss.Bpr, zeros(1, 4), zeros(3, 5), [0], [1]));
        Assert.Throws<ArgumentException>(() => SharedCandidateLoss.Apply(RankingLoss.Bpr, zeros(1, 4), zeros(3, 4, dtype: ScalarType.Float64), [0], [1]));
        Assert.Throws<ArgumentException>(() => SharedCandidateLoss.Apply(RankingLoss.Bpr, zeros(1, 4), zeros(3, 4), [0], [1], [0, 0]));
        Assert.Contains("found 3", Assert.Throws<ArgumentException>(() => SharedCandidateLoss.Apply(RankingLoss.Bpr, zeros(1, 4), zeros(3, 4), [0], [3])).Message, StringComparison.Ordinal);
        Assert.Contains("found -1", Assert.Throws<ArgumentException>(() => SharedCandidateLoss.Apply(RankingLoss.Bpr, zeros(1, 4), zeros(3, 4), [-1], null)).Message, StringComparison.Ordinal);
    }
}
