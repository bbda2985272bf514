using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Quantization;
using AutoGraph.Torch.Tests.Kernels;
using AutoGraph.Torch.Training;
using CsCheck;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Quantization;

public sealed class KMeansTests
{
    [Fact]
    public void Fit_SeparatedClusters_FindsTheirMeans()
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
    public void Fit_FewerDistinctPointsThanCentroids_EveryPointIsACentroid()
    {
        using var scope = NewDisposeScope();
        var points = tensor(new float[] { 1, 1, 2, 2, 3, 1, 3 }, 7, 1);
        var random = new RandomStream(1);
        var found = KMeans.Fit(points, 6, 25, ref random);
        Assert.Equal([6, 1], found.shape);
        Assert.Equal(new double[7], Numbers.Flat(NearestCode.Find(points, found).Distances));
    }

    [Fact]
    public void Fit_LloydIterations_NeverRaiseTheError() => Gen.Select(Gen.Int[0, 9999], Gen.Int[1, 8]).Sample((seed, count) =>
    {
        using var scope = NewDisposeScope();
        var points = Numbers.Random(seed, 40, 2).@float();
        double previous = double.PositiveInfinity;
        foreach (int iterations in new[] { 0, 1, 2, 4, 16 })
        {
            var random = RandomStream.For(seed, "k-means");
            double error = NearestCode.Find(points, KMeans.Fit(points, count, iterations, ref random)).Distances.sum().item<float>();
            Assert.True(error <= previous * (1 + 1e-5), $"{previous} → {error} after {iterations} iterations");
            previous = error;
        }
    }, iter: 30, threads: 1);

    [Fact]
    public void Fit_AnyPoints_SameSeedSameBitsAndInsideThePoints()
    {
        using var scope = NewDisposeScope();
        var points = Numbers.Random(1, 100, 3).@float();
        Assert.Equal(Fit(1), Fit(1));
        Assert.NotEqual(Fit(1), Fit(2));

        int[] Fit(int seed)
        {
            var random = RandomStream.For(seed, "k-means");
            var found = KMeans.Fit(points, 10, 25, ref random);
            Assert.True((found.abs() <= 1).all().item<bool>());
            return Numbers.Bits(found);
        }
    }

    [Fact]
    public void Fit_MoreCentroidsThanPoints_EveryPointIsCoveredAndAllAreFinite()
    {
        using var scope = NewDisposeScope();
        var points = tensor(new float[] { 0, 5, 9 }, 3, 1);
        var random = new RandomStream(1);
        var found = KMeans.Fit(points, 8, 25, ref random);
        Assert.Equal([8, 1], found.shape);
        Assert.All(Numbers.Flat(found), value => Assert.Contains(value, new double[] { 0, 5, 9 }));
        Assert.Equal(new double[3], Numbers.Flat(NearestCode.Find(points, found).Distances));
    }
}
