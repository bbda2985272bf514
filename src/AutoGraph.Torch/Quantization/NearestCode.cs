using AutoGraph.Torch.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Quantization;

/// <summary>Nearest code by squared Euclidean distance; the lowest index wins ties.</summary>
internal static class NearestCode
{
    /// <summary>Distances held at a time: 16 MiB of floats.</summary>
    private const long BlockElements = 4 << 20;

    /// <summary>On the CPU by <see cref="CodeSearch"/>, on other devices (and in double) by tensor operations.</summary>
    /// <param name="rows">[N, D].</param>
    /// <param name="codebook">[K, D].</param>
    /// <returns>Codes [N] (int64) and squared distances [N]; never more than a block of the N × K distances exists.</returns>
    public static (Tensor Codes, Tensor Distances) Find(Tensor rows, Tensor codebook)
    {
        Shapes.Expect(rows, nameof(rows), -1, codebook.shape[1]);
        bool fused = rows.device_type == DeviceType.CPU && !Shapes.IsDouble(rows, codebook);
        return fused ? Fused(rows, codebook) : Composed(rows, codebook);
    }

    private static unsafe (Tensor Codes, Tensor Distances) Fused(Tensor rows, Tensor codebook)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        int count = checked((int)rows.shape[0]);
        var (x, c) = (rows.contiguous(), codebook.contiguous());
        Tensor codes = empty(count, ScalarType.Int32), distances = empty(count);
        if (count > 0)
            CodeSearch.Find(Lanes.Pointer<float>(x), count, Lanes.Pointer<float>(c), (int)c.shape[0], (int)c.shape[1], Lanes.Pointer<int>(codes), Lanes.Pointer<float>(distances));
        return (codes.to(ScalarType.Int64).MoveToOuterDisposeScope(), distances.MoveToOuterDisposeScope());
    }

    /// <summary>Blocks of ‖c‖² − 2 x·c and their argmin.</summary>
    internal static (Tensor Codes, Tensor Distances) Composed(Tensor rows, Tensor codebook)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var norms = Scalars.Square(codebook).sum(1);                                       // [K]
        var transposed = codebook.t();
        long block = Math.Max(1, BlockElements / codebook.shape[0]);
        var (codes, distances) = (new List<Tensor>(), new List<Tensor>());
        for (long first = 0; first < rows.shape[0]; first += block)
        {
            using var step = NewDisposeScope();
            var part = rows.narrow(0, first, Math.Min(block, rows.shape[0] - first));
            var shifted = addmm(norms, part, transposed, 1, -2);                    // [b, K]
            var nearest = shifted.argmin(1);
            codes.Add(nearest.MoveToOuterDisposeScope());
            distances.Add(Scalars.Square(Scalars.Subtract(part, TableRows.Of(codebook, nearest))).sum(1).MoveToOuterDisposeScope());
        }
        return (cat(codes).MoveToOuterDisposeScope(), cat(distances).MoveToOuterDisposeScope());
    }
}
