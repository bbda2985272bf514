using AutoGraph.Torch.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Quantization;

/// <summary>Assignment and update of k-means in one call: nearest centroid of each row, then the sums of each cluster.</summary>
internal static class ClusterStep
{
    /// <param name="points">[N, D].</param>
    /// <param name="centroids">[K, D].</param>
    /// <returns>Codes [N], squared distances [N], sums [K, D] and sizes [K] of the clusters.</returns>
    public static (Tensor Codes, Tensor Distances, Tensor Sums, Tensor Sizes) Run(Tensor points, Tensor centroids)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (codes, distances) = NearestCode.Find(points, centroids);
        var (sums, sizes) = Sum(points, codes, (int)centroids.shape[0]);
        return (codes.MoveToOuterDisposeScope(), distances.MoveToOuterDisposeScope(), sums.MoveToOuterDisposeScope(), sizes.MoveToOuterDisposeScope());
    }

    /// <summary>Sums [K, D] and sizes [K], in the type of the points: gathered on the CPU, scattered on other devices.</summary>
    public static (Tensor Sums, Tensor Sizes) Sum(Tensor points, Tensor codes, int count)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var sums = zeros(count, points.shape[1], dtype: points.dtype, device: points.device);
        if (points.device_type != DeviceType.CPU || points.dtype != ScalarType.Float32)
            return (Scalars.IndexAdd(sums, codes, points).MoveToOuterDisposeScope(), Scalars.IndexAdd(zeros_like(sums.select(1, 0)), codes, ones_like(points.select(1, 0))).MoveToOuterDisposeScope());
        var sizes = ClusterSums.Of(points.contiguous(), HostMemory.ToArray<long>(codes), sums);
        return (sums.MoveToOuterDisposeScope(), tensor([.. sizes.Select(size => (float)size)]).MoveToOuterDisposeScope());
    }
}
