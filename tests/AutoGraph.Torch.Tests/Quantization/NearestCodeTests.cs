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
}
