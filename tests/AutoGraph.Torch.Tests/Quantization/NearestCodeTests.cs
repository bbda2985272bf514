using AutoGraph.Torch.Quantization;
using AutoGraph.Torch.Tests.Kernels;
using AutoGraph.Torch.Training;
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
    public void KMeans_SeparatedClusters_FindsTheirMeans()
    {
        using var scope = NewDisposeScope();
        var centers = tensor(new float[] { 10, 0, -10, 0, 0, 10, 0, -10 }, 4, 2);
        var points = centers.repeat_interleave(50, 0) + Numbers.Random(3, 200, 2).@float();
        var random = new RandomStream(1);
        var found = KMeans.Fit(points, 4, 25, ref random);
        var (codes, _) = NearestCode.Find(centers, found);
        Assert.Equal([0, 1, 2, 3], codes.data<long>().ToArray().Order());
        for (int k = 0; k < 4; k++)
            Numbers.AreClose(Numbers.Flat(points.narrow(0, k * 50, 50).mean([0])), Numbers.Flat(found[codes[k].item<long>()]), 1e-5);
    }

    [Fact]
    public void KMeans_FewerDistinctPointsThanCentroids_EveryPointIsACentroid()
    {
        using var scope = NewDisposeScope();
        var points = tensor(new float[] { 1, 1, 2, 2, 3, 1, 3 }, 7, 1);
        var random = new RandomStream(1);
        var found = KMeans.Fit(points, 6, 25, ref random);
        Assert.Equal([6, 1], found.shape);
        Assert.Equal(new double[7], Numbers.Flat(NearestCode.Find(points, found).Distances));
    }
}
