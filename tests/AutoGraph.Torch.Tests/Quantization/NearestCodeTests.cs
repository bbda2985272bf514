using AutoGraph.Torch.Quantization;
using AutoGraph.Torch.Tests.Kernels;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Quantization;

public sealed class NearestCodeTests
{
    [Fact]
    public void Find_RandomRows_EqualsBruteForce()
    {
        using var scope = NewDisposeScope();
        var (rows, codebook) = (Numbers.Random(1, 200, 5), Numbers.Random(2, 37, 5));
        var (codes, distances) = NearestCode.Find(rows, codebook);
        var (x, c) = (Numbers.Matrix(rows), Numbers.Matrix(codebook));
        for (int row = 0; row < 200; row++)
        {
            double[] all = [.. Enumerable.Range(0, 37).Select(k => Enumerable.Range(0, 5).Sum(d => (x[row, d] - c[k, d]) * (x[row, d] - c[k, d])))];
            Assert.Equal(Array.IndexOf(all, all.Min()), codes[row].item<long>());
            Assert.Equal(all.Min(), distances[row].item<double>(), 12);
        }
    }

    [Fact]
    public void Find_Ties_LowestIndexWins()
    {
        using var scope = NewDisposeScope();
        var codebook = tensor(new float[] { 9, 9, 1, 0, -1, 0, 1, 0 }, 4, 2);           // codes 1 and 3 are alike, 1 and 2 equally far from the origin
        var (codes, distances) = NearestCode.Find(tensor(new float[] { 0, 0, 1, 0, 0, 5 }, 3, 2), codebook);
        Assert.Equal([1, 1, 1], codes.data<long>().ToArray());
        Assert.Equal([1, 0, 26], distances.data<float>().ToArray());
    }

    [Fact]
    public void Find_MoreThanOneBlock_EqualsRowByRow()
    {
        using var scope = NewDisposeScope();
        var (rows, codebook) = (Numbers.Random(1, 2100, 3).@float(), Numbers.Random(2, 4096, 3).@float());      // blocks of 1,024 rows
        var (codes, distances) = NearestCode.Find(rows, codebook);
        Assert.Equal([2100], codes.shape);
        foreach (int row in new[] { 0, 1023, 1024, 1025, 2047, 2048, 2099 })
        {
            var all = (codebook - rows[row]).square().sum(1);
            Assert.Equal(all.min().item<float>(), distances[row].item<float>(), 1e-6f);
            Assert.Equal(all[codes[row].item<long>()].item<float>(), distances[row].item<float>(), 1e-6f);
        }
    }

    [Fact]
    public void Find_RepeatedCodes_LowestIndexWinsAtEveryPlace()
    {
        using var scope = NewDisposeScope();
        var distinct = Numbers.Random(1, 50, 7).@float();
        var (codes, _) = NearestCode.Find(Numbers.Random(2, 500, 7).@float(), cat([distinct, distinct, distinct], 0));
        Assert.All(codes.data<long>().ToArray(), code => Assert.InRange(code, 0, 49));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(97, 5, 3)]
    [InlineData(200, 16, 32)]
    [InlineData(333, 37, 5)]
    public void Find_FloatsOfAnyShape_EqualsDoubleBruteForce(int count, int size, int width)
    {
        using var scope = NewDisposeScope();
        var (rows, codebook) = (Numbers.Random(1, count, width).@float(), Numbers.Random(2, size, width).@float());
        var (codes, distances) = NearestCode.Find(rows, codebook);
        var (expected, exact) = NearestCode.Composed(rows.to(ScalarType.Float64), codebook.to(ScalarType.Float64));
        Assert.Equal(expected.data<long>().ToArray(), codes.data<long>().ToArray());
        Numbers.AreClose(Numbers.Flat(exact), Numbers.Flat(distances), 1e-5);
    }

    [Fact]
    public void Find_AnyBatchAndThreads_SameBits() => CsCheck.Check.Sample(CsCheck.Gen.Select(CsCheck.Gen.Int[0, 999], CsCheck.Gen.Int[1, 150], CsCheck.Gen.Int[1, 70]), (seed, rows, size) =>
    {
        using var scope = NewDisposeScope();
        var (x, c) = (Numbers.Random(seed, rows, 9).@float(), Numbers.Random(seed + 1, size, 9).@float());
        var whole = NearestCode.Find(x, c);
        for (int first = 0; first < rows; first += 7)
        {
            int count = Math.Min(7, rows - first);
            var part = NearestCode.Find(x.narrow(0, first, count), c);
            Assert.Equal(whole.Codes.narrow(0, first, count).data<long>().ToArray(), part.Codes.data<long>().ToArray());
            Assert.Equal(Numbers.Bits(whole.Distances.narrow(0, first, count)), Numbers.Bits(part.Distances));
        }
    }, iter: 30, threads: 1);

    [Fact]
    public void ClusterStep_RandomPoints_SumsAndSizesEqualDense()
    {
        using var scope = NewDisposeScope();
        var (points, centroids) = (Numbers.Random(3, 400, 5).@float(), Numbers.Random(4, 30, 5).@float());
        var (codes, _, sums, sizes) = ClusterStep.Run(points, centroids);
        for (int k = 0; k < 30; k++)
        {
            var members = points.index_select(0, codes.eq(tensor((long)k)).nonzero().view(-1));
            Assert.Equal(members.shape[0], (long)sizes[k].item<float>());
            Numbers.AreClose(Numbers.Flat(members.to(ScalarType.Float64).sum([0L])), Numbers.Flat(sums[k]), 1e-5);
        }
    }

    [Fact]
    public void Find_AnotherWidth_RefusedBeforeNativeCode()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => NearestCode.Find(zeros(3, 4), zeros(5, 6)));
    }
}
