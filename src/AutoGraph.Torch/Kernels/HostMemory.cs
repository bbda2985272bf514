using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary>Copies values out of tensors of any device and layout.</summary>
/// <remarks>As one block of memory: TorchSharp 0.107's own <c>data&lt;T&gt;()</c> copies value by value, about 50 ns each.</remarks>
internal static class HostMemory
{
    /// <summary>All values, row by row.</summary>
    public static T[] ToArray<T>(Tensor tensor) where T : unmanaged
    {
        var values = new T[tensor.numel()];
        Copy(tensor, values.AsSpan());
        return values;
    }

    /// <summary>Copies all values, row by row, to a place of exactly their number.</summary>
    public static void Copy<T>(Tensor tensor, Span<T> target) where T : unmanaged
    {
        if (tensor.numel() == 0 && target.Length == 0) return;       // TorchSharp cannot read a tensor without elements
        using var scope = NewDisposeScope();
        var local = tensor.detach().cpu().contiguous();
        var values = MemoryMarshal.Cast<byte, T>(local.bytes);
        if (values.Length != target.Length || local.ElementSize != MemoryMarshal.AsBytes(target).Length / Math.Max(1, target.Length))
            throw new ArgumentException($"Expected room for the {tensor.numel()} values of a tensor of type {tensor.dtype}, found {target.Length} of type {typeof(T).Name}.", nameof(target));
        values.CopyTo(target);
    }
}
