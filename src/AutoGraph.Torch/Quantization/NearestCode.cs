using AutoGraph.Torch.Kernels;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Quantization;

/// <summary>Nearest code by squared Euclidean distance; the lowest index wins ties.</summary>
internal static class NearestCode
{
    /// <summary>Distances held at a time: 16 MiB of floats.</summary>
    private const long BlockElements = 4 << 20;

    /// <param name="rows">[N, D].</param>
    /// <param name="codebook">[K, D].</param>
    /// <returns>Codes [N] (int64) and squared distances [N]; never more than a block of the N × K distances exists.</returns>
    public static (Tensor Codes, Tensor Distances) Find(Tensor rows, Tensor codebook)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var norms = codebook.square().sum(1);                                       // [K]
        var transposed = codebook.t();
        long block = Math.Max(1, BlockElements / codebook.shape[0]);
        var (codes, distances) = (new List<Tensor>(), new List<Tensor>());
        for (long first = 0; first < rows.shape[0]; first += block)
        {
            using var step = NewDisposeScope();
            var part = rows.narrow(0, first, Math.Min(block, rows.shape[0] - first));
            var shifted = addmm(norms, part, transposed, 1, -2);                    // [b, K] ‖c‖² − 2 x·c
            var nearest = shifted.argmin(1);
            codes.Add(nearest.MoveToOuterDisposeScope());
            distances.Add(Scalars.Subtract(part, codebook.index_select(0, nearest)).square().sum(1).MoveToOuterDisposeScope());
        }
        return (cat(codes).MoveToOuterDisposeScope(), cat(distances).MoveToOuterDisposeScope());
    }
}
