using System.Numerics;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary>The length √Σx² of several tensors taken as one vector.</summary>
/// <remarks>Sums of fixed pieces, added in order in double, so that it does not depend on the number of threads.</remarks>
internal static class GradientNorm
{
    private const int Piece = 1 << 14;

    public static double Of(IEnumerable<Tensor> tensors) => Math.Sqrt(tensors.Sum(Square));

    private static double Square(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        if (tensor.device_type != DeviceType.CPU) return Scalars.Square(tensor).sum().to(ScalarType.Float64).item<double>();
        var contiguous = tensor.contiguous();
        return Shapes.IsDouble(contiguous) ? Square<double>(contiguous) : Square<float>(contiguous);
    }

    private static unsafe double Square<T>(Tensor tensor) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T* values = Lanes.Pointer<T>(tensor);
        int count = checked((int)tensor.numel()), pieces = (count + Piece - 1) / Piece;
        var sums = new double[pieces];
        CpuLoop.Run(pieces, count, (from, to) =>
        {
            for (int piece = from; piece < to; piece++)
                sums[piece] = double.CreateTruncating(TensorPrimitives.SumOfSquares(new ReadOnlySpan<T>(values + (long)piece * Piece, Math.Min(Piece, count - piece * Piece))));
        });
        return sums.Sum();
    }
}
