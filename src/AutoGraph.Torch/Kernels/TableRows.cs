using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary>Picks and chooses rows on any device.</summary>
/// <remarks>
/// libtorch has no index_select and no where for META, the device of shapes without values on which tests look for tensors made in the wrong
/// place; there, other operations of the same meaning stand in.
/// </remarks>
internal static class TableRows
{
    /// <summary>The rows that the index names.</summary>
    /// <param name="table">[N, ...].</param>
    /// <param name="index">[M], int64.</param>
    /// <returns>[M, ...].</returns>
    public static Tensor Of(Tensor table, Tensor index) => table.device_type == DeviceType.META ? table.index(TensorIndex.Tensor(index)) : table.index_select(0, index);

    /// <summary>Values of <paramref name="yes"/> where the mask holds, else of <paramref name="no"/>; shapes broadcast.</summary>
    public static Tensor Choose(Tensor mask, Tensor yes, Tensor no) => mask.device_type == DeviceType.META ? no.lerp(yes, mask.to(no.dtype)) : where(mask, yes, no);
}
