using AutoGraph.Core.Codes;
using AutoGraph.Torch.Kernels;
using CsCheck;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Kernels;

[Collection(nameof(Sequential))]
public sealed class PairAttentionTests
{
    private static CodeTable Codes(int members, int levels, int size, int seed)
    {
        var random = new Random(seed);
        return new([.. Enumerable.Range(0, members * levels).Select(_ => random.Next(size))], levels, size);
    }

    private static Tensor[] Inputs(int members, int heads, int channels, int seed, double scale = 1) =>
        [Numbers.Random(seed, members, heads * channels), Numbers.Random(seed + 1, members, heads) * scale, Numbers.Random(seed + 2, members, heads) * scale];

    [Fact]
    public void Apply_ThreeMembersInAChain_EqualsHandComputed()
    {
        using var scope = NewDisposeScope();
        // 0 and 1 share the first code, 1 and 2 the second; 1 is a neighbour of itself once, though on both levels
        var groups = MemberGroups.Of(new CodeTable([0, 0, 0, 1, 1, 1], 2, 2), 2);
        var output = Numbers.Flat(PairAttention.Apply(tensor(new double[] { 1, 10, 100 }, 3, 1), tensor(new[] { 0, Math.Log(2), 5 * Math.Log(0.25) }, 3, 1), zeros(3, 1, dtype: ScalarType.Float64), groups));
        // weights: 1, 2, and LeakyReLU(5 ln ¼) = ln ¼ → ¼
        Numbers.AreClose([(1 + 20) / 3.0, (1 + 20 + 25) / 3.25, (20 + 25) / 2.25], output, 1e-13);
    }

    [Fact]
    public void Apply_RandomCodes_EqualsDenseReferenceOverPairs() =>
        Gen.Select(Gen.Int[1, 30], Gen.Int[1, 4], Gen.Int[1, 6], Gen.Int[1, 3], Gen.Int[1, 5], Gen.Int[0, 100_000]).Sample((members, levels, size, heads, channels, seed) =>
        {
            using var scope = NewDisposeScope();
            var codes = Codes(members, levels, size, seed);
            var inputs = Inputs(members, heads, channels, seed, 4);
            for (int used = 1; used <= levels; used++)
            {
                var expected = Dense.Pairs(Numbers.Matrix(inputs[0]), Numbers.Matrix(inputs[1]), Numbers.Matrix(inputs[2]), codes, used);
                Numbers.AreClose(expected, PairAttention.Apply(inputs[0], inputs[1], inputs[2], MemberGroups.Of(codes, used)), 1e-11);
                Numbers.AreClose(expected, PairAttention.Apply(inputs[0].@float(), inputs[1].@float(), inputs[2].@float(), MemberGroups.Of(codes, used)), 2e-5);
            }
        }, iter: 100, threads: 1);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 3)]
    public void Backward_EveryInput_EqualsFiniteDifferences(int levels, double scale)
    {
        using var scope = NewDisposeScope();
        var (groups, inputs, upstream) = (MemberGroups.Of(Codes(12, levels, 3, 4), levels), Inputs(12, 2, 3, 5, scale), Numbers.Random(9, 12, 6));
        Numbers.CheckGradients(() => (PairAttention.Apply(inputs[0], inputs[1], inputs[2], groups) * upstream).square().sum(), inputs);
    }

    [Fact]
    public void Backward_ManyMembers_EqualsThatOfSegmentAttentionOverPairs()
    {
        using var scope = NewDisposeScope();
        var codes = Codes(150, 2, 6, 1);
        var inputs = Inputs(150, 2, 4, 2, 3);
        var upstream = Numbers.Random(3, 150, 8);
        int[][] neighbors = [.. Enumerable.Range(0, 150).Select(t => Enumerable.Range(0, 150).Where(j => codes.Row(t)[0] == codes.Row(j)[0] || codes.Row(t)[1] == codes.Row(j)[1]).ToArray())];
        int end = 0;
        var edges = new EdgeList(150, 150, [0, .. neighbors.Select(n => end += n.Length)], [.. neighbors.SelectMany(n => n)]);
        var expected = Numbers.Gradients(() => (SegmentAttention.Apply(inputs[0], inputs[1], inputs[2], edges) * upstream).sum(), inputs);
        var groups = MemberGroups.Of(codes, 2);
        var actual = Numbers.Gradients(() => (PairAttention.Apply(inputs[0], inputs[1], inputs[2], groups) * upstream).sum(), inputs);
        for (int i = 0; i < 3; i++) Numbers.AreClose(expected[i], actual[i], 1e-11);
    }

    [Fact]
    public void ApplyAndBackward_HugeLogits_StayFiniteAndExact()
    {
        using var scope = NewDisposeScope();
        var codes = Codes(20, 2, 3, 1);
        var inputs = Inputs(20, 1, 2, 2, 3e4);
        var source = inputs[0].@float();
        var output = PairAttention.Apply(source, inputs[1].@float(), inputs[2].@float(), MemberGroups.Of(codes, 2));
        // one neighbour takes all: the one with the largest source logit
        double[] logits = Numbers.Flat(inputs[1].@float());
        var rows = Numbers.Matrix(source);
        for (int t = 0; t < 20; t++)
        {
            int best = Enumerable.Range(0, 20).Where(j => codes.Row(t)[0] == codes.Row(j)[0] || codes.Row(t)[1] == codes.Row(j)[1]).MaxBy(j => logits[j]);
            Numbers.AreClose([rows[best, 0], rows[best, 1]], Numbers.Flat(output[t]), 1e-6);
        }
        var leaves = new[] { source, inputs[1].@float(), inputs[2].@float() }.Select(x => x.detach().requires_grad_()).ToArray();
        PairAttention.Apply(leaves[0], leaves[1], leaves[2], MemberGroups.Of(codes, 2)).square().sum().backward();
        Assert.All(leaves.SelectMany(leaf => Numbers.Flat(leaf.grad!)), value => Assert.True(double.IsFinite(value)));
    }

    [Fact]
    public void ApplyAndBackward_OneOrTwoThreads_SameBits()
    {
        using var scope = NewDisposeScope();
        var (groups, inputs) = (MemberGroups.Of(Codes(4000, 2, 16, 1), 2), Inputs(4000, 2, 16, 3));
        Assert.Equal(Run(1), Run(2));

        int[] Run(int threads) => Threads.With<int[]>(threads, () =>
        {
            Tensor[] leaves = [.. inputs.Select(x => x.@float().detach().requires_grad_())];
            var output = PairAttention.Apply(leaves[0], leaves[1], leaves[2], groups);
            output.square().sum().backward();
            return (int[])[.. Numbers.Bits(output), .. leaves.SelectMany(leaf => Numbers.Bits(leaf.grad!))];
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Apply_WrongShape_ThrowsArgumentException(int wrong)
    {
        using var scope = NewDisposeScope();
        var groups = MemberGroups.Of(Codes(3, 1, 2, 1), 1);
        var error = Assert.Throws<ArgumentException>(() => PairAttention.Apply(zeros(wrong == 0 ? 2 : 3, wrong == 3 ? 5 : 4), zeros(wrong == 1 ? 4 : 3, 2), zeros(3, wrong == 2 ? 1 : 2), groups));
        Assert.StartsWith("Expected", error.Message, StringComparison.Ordinal);
    }
}
