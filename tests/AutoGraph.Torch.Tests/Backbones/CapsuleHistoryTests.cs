using AutoGraph.Torch.Backbones;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Tests.Kernels;
using CsCheck;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Backbones;

/// <summary>MIND: routing as its formulas read, nothing but a row's items routed, the gradient of the last iteration only.</summary>
public sealed class CapsuleHistoryTests
{
    private const int K = 3;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Apply_AnyHistories_EqualsTheFormulasOnPaddedRows(int iterations) => Histories.Gen.Sample(rows =>
    {
        using var scope = NewDisposeScope();
        var (table, logits) = (Numbers.Random(1, Histories.Items + 1, 4), Numbers.Random(2, K, Histories.Longest));
        var expected = Padded(Numbers.Matrix(table), Numbers.Matrix(logits), rows, iterations);
        Numbers.AreClose(expected, CapsuleRouting.Apply(table, Histories.Edges(rows), logits, iterations), 1e-12);
        Numbers.AreClose(expected, CapsuleRouting.Composed(table, Histories.Edges(rows), logits, iterations), 1e-12);
    }, iter: 50, threads: 1);

    [Fact]
    public void Apply_PlacesAfterTheHistoryChanged_CapsulesKeepTheirBits() => Histories.Gen.Sample(rows =>
    {
        // padding never routes: what the buffer holds for places that a row does not fill reaches nothing
        using var scope = NewDisposeScope();
        var (table, logits) = (Numbers.Random(1, Histories.Items + 1, 4), Numbers.Random(2, K, Histories.Longest));
        int longest = rows.Max(row => row.Length);
        if (longest == Histories.Longest) return;
        var other = logits.clone();
        other.narrow(1, longest, Histories.Longest - longest).copy_(Numbers.Random(9, K, Histories.Longest - longest) * tensor(1e6));
        Assert.Equal(Numbers.Flat(CapsuleRouting.Apply(table, Histories.Edges(rows), logits, 3)), Numbers.Flat(CapsuleRouting.Apply(table, Histories.Edges(rows), other, 3)));
    }, iter: 30, threads: 1);

    [Fact]
    public void Backward_ThreeIterations_IsThatOfTheLastWithItsWeightsFixed() => Histories.Gen.Sample(rows =>
    {
        using var scope = NewDisposeScope();
        var (table, logits, upstream) = (Numbers.Random(1, Histories.Items + 1, 4), Numbers.Random(2, K, Histories.Longest), Numbers.Random(3, rows.Length * K, 4));
        var expected = Numbers.Gradients(() => (CapsuleRouting.Composed(table, Histories.Edges(rows), logits, 3) * upstream).sum(), table);
        var actual = Numbers.Gradients(() => (CapsuleRouting.Apply(table, Histories.Edges(rows), logits, 3) * upstream).sum(), table);
        Numbers.AreClose(expected[0], actual[0], 1e-12);
    }, iter: 30, threads: 1);

    [Fact]
    public void Squash_AnyLength_KeepsTheDirectionAndStaysBelowOne()
    {
        using var scope = NewDisposeScope();
        // |z| = 5: 25/26 of the unit vector
        Numbers.AreClose([3 / 5.0 * 25 / 26, 4 / 5.0 * 25 / 26, 0, 0], Numbers.Flat(CapsuleRouting.Squash(tensor(new double[,] { { 3, 4 }, { 0, 0 } }))), 1e-12);
        var z = Numbers.Random(1, 5, 3);
        Numbers.CheckGradients(() => (CapsuleRouting.Squash(z) * Numbers.Random(2, 5, 3)).sum(), z);
    }

    [Fact]
    public void LabelAware_HandComputed_WeighsByTheProductWithThePositive()
    {
        using var scope = NewDisposeScope();
        // products with (1, 0): ln 3 and 0 → weights 3/4, 1/4 at p = 1; 9/10, 1/10 at p = 2; alike at 0
        var users = tensor(new[,] { { Math.Log(3), 0 }, { 0, 8 } });
        var positive = tensor(new double[,] { { 1, 0 } });
        foreach (var (power, first) in new[] { (1.0, 0.75), (2, 0.9), (0, 0.5) })
            Numbers.AreClose([first * Math.Log(3), (1 - first) * 8], Numbers.Flat(LabelAwareAttention.Apply(users, positive, 2, power)), 1e-12);
        Assert.Throws<ArgumentException>(() => LabelAwareAttention.Apply(users, positive, 3, 1));
    }

    [Fact]
    public void LabelAware_EveryInput_GradientEqualsFiniteDifferences()
    {
        using var scope = NewDisposeScope();
        var (users, positives) = (Numbers.Random(1, 6, 4), Numbers.Random(2, 2, 4));
        Numbers.CheckGradients(() => LabelAwareAttention.Apply(users, positives, 3, 1.5).sin().sum(), users, positives);
    }

    // as MIND is usually written: rows padded to the full length, a mask over what is padding
    private static double[,] Padded(double[,] table, double[,] logits, int[][] rows, int iterations)
    {
        int d = table.GetLength(1), length = logits.GetLength(1);
        var output = new double[rows.Length * K, d];
        for (int row = 0; row < rows.Length; row++)
        {
            bool[] mask = [.. Enumerable.Range(0, length).Select(j => j < rows[row].Length)];
            double[][] e = [.. Enumerable.Range(0, length).Select(j => Enumerable.Range(0, d).Select(c => mask[j] ? table[rows[row][j], c] : 1e3).ToArray())];
            var b = (double[,])logits.Clone();
            for (int iteration = 1; iteration <= iterations; iteration++)
            {
                var z = new double[K, d];
                for (int j = 0; j < length; j++)
                {
                    double sum = Enumerable.Range(0, K).Sum(k => Math.Exp(b[k, j]));
                    for (int k = 0; k < K; k++)
                        for (int c = 0; c < d; c++) z[k, c] += mask[j] ? Math.Exp(b[k, j]) / sum * e[j][c] : 0;
                }
                for (int k = 0; k < K; k++)
                {
                    double square = Enumerable.Range(0, d).Sum(c => z[k, c] * z[k, c]);
                    for (int c = 0; c < d; c++) output[row * K + k, c] = z[k, c];
                    for (int j = 0; j < length; j++)
                        b[k, j] += square / (1 + square) / Math.Sqrt(square + 1e-300) * Enumerable.Range(0, d).Sum(c => z[k, c] * e[j][c]);
                }
            }
        }
        return output;
    }
}
