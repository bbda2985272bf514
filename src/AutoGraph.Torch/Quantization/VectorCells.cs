using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Quantization;

/// <summary>Groups vectors by k-means over a sample of them: cells of an index.</summary>
internal static class VectorCells
{
    private const int Iterations = 10, PointsPerCell = 32, Block = 1 << 16;

    /// <summary>The cell of each vector, [N], 0 to cells − 1; some cells may have none.</summary>
    /// <param name="vectors">[N, D], N ≥ 1.</param>
    /// <param name="width">D.</param>
    /// <param name="cells">Number of cells, at least 1.</param>
    /// <param name="seed">Seed of sample and start.</param>
    public static int[] Of(float[] vectors, int width, int cells, int seed)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        int rows = vectors.Length / width;
        var random = RandomStream.For(seed, "cells of an index");
        var points = from_array(vectors).view(rows, width);
        var centroids = KMeans.Fit(KMeans.Sample(points, Math.Max(PointsPerCell * cells, 4096), ref random), cells, Iterations, ref random);
        var found = new int[rows];
        for (int first = 0; first < rows; first += Block)
        {
            using var step = NewDisposeScope();
            int count = Math.Min(Block, rows - first);
            HostMemory.Copy(NearestCode.Find(points.narrow(0, first, count), centroids).Codes.to(ScalarType.Int32), found.AsSpan(first, count));
        }
        return found;
    }
}
