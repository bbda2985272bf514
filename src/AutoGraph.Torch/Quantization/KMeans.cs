using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Quantization;

/// <summary>k-means: k-means++ seeds (Arthur and Vassilvitskii 2007), then Lloyd's iterations.</summary>
internal static class KMeans
{
    /// <summary>Seeds are drawn from at most this many points per centroid: their cost grows with points times centroids.</summary>
    private const int SeedPoints = 10;

    /// <summary>Centroids [K, D] of points [N, D], N ≥ 1. An empty cluster moves to the point farthest from its centroid.</summary>
    /// <param name="points">[N, D].</param>
    /// <param name="count">K.</param>
    /// <param name="iterations">Lloyd's iterations at most; fewer where no point changes its cluster.</param>
    /// <param name="random">Where seeds are drawn from.</param>
    /// <param name="cancellationToken">Checked before each iteration.</param>
    public static Tensor Fit(Tensor points, int count, int iterations, ref RandomStream random, CancellationToken cancellationToken = default)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var centroids = Seeds(Sample(points, Math.Max(SeedPoints * count, 4096), ref random), count, ref random);
        Tensor? previous = null;
        for (int i = 0; i < iterations; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var step = NewDisposeScope();
            var (codes, distances, sums, sizes) = ClusterStep.Run(points, centroids);
            if (previous is not null && codes.eq(previous).all().item<bool>()) break;
            previous?.Dispose();
            previous = codes.MoveToOuterDisposeScope();
            centroids.Dispose();
            centroids = Means(points, distances, sums, sizes).MoveToOuterDisposeScope();
        }
        return centroids.MoveToOuterDisposeScope();
    }

    /// <summary>A random part of the rows, or all where there are no more.</summary>
    public static Tensor Sample(Tensor points, int most, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        int rows = (int)points.shape[0];
        if (rows <= most) return points.alias().MoveToOuterDisposeScope();
        var order = new int[rows];
        for (int i = 0; i < rows; i++) order[i] = i;
        random.Shuffle(order);
        Array.Sort(order, 0, most);
        return TableRows.Of(points, tensor(order.AsSpan(0, most).ToArray(), ScalarType.Int64, points.device)).MoveToOuterDisposeScope();
    }

    private static Tensor Means(Tensor points, Tensor distances, Tensor sums, Tensor sizes)
    {
        var means = sums / Scalars.AtLeast(sizes, 1).unsqueeze(1);
        var empty = Scalars.IsZero(sizes).nonzero().view(-1);
        if (empty.shape[0] == 0) return means;
        var farthest = distances.topk((int)Math.Min(empty.shape[0], points.shape[0])).indexes;
        return means.index_copy(0, empty.narrow(0, 0, farthest.shape[0]), TableRows.Of(points, farthest));
    }

    private static unsafe Tensor Seeds(Tensor points, int count, ref RandomStream random)
    {
        using var local = points.cpu().contiguous();
        int rows = (int)points.shape[0], width = (int)points.shape[1];
        float* data = Lanes.Pointer<float>(local);
        var seeds = new long[count];
        var distance = new double[rows];
        Array.Fill(distance, double.PositiveInfinity);
        seeds[0] = random.NextInt(rows);
        for (int k = 1; k < count; k++)
        {
            float* last = data + seeds[k - 1] * width;
            double total = 0;
            for (int row = 0; row < rows; row++)
            {
                distance[row] = Math.Min(distance[row], Lanes.SquaredDistance(last, data + (long)row * width, width));
                total += distance[row];
            }
            // fewer distinct points than centroids: any point will do, Lloyd's iterations leave the double empty
            seeds[k] = total == 0 ? random.NextInt(rows) : Draw(distance, total * random.NextDouble());
        }
        return TableRows.Of(points, tensor(seeds, device: points.device));
    }

    private static int Draw(double[] weights, double threshold)
    {
        int last = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] <= 0) continue;
            last = i;
            if ((threshold -= weights[i]) < 0) break;
        }
        return last;
    }
}
