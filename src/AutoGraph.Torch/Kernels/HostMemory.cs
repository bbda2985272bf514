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
        RequireSpan(tensor);
        var local = tensor.detach().cpu().contiguous();
        var values = MemoryMarshal.Cast<byte, T>(local.bytes);
        if (values.Length != target.Length || local.dtype != TypeOf<T>())
            throw new ArgumentException($"Expected room for the {tensor.numel()} values of a tensor of type {tensor.dtype}, found {target.Length} of type {typeof(T).Name}.", nameof(target));
        values.CopyTo(target);
    }

    /// <summary>All values as they lie in memory, row by row, four bytes to a number, zeros after the last.</summary>
    public static int[] ToWords(Tensor tensor)
    {
        var words = new int[WordCount(tensor)];
        if (words.Length == 0) return words;
        RequireSpan(tensor);
        using var scope = NewDisposeScope();
        tensor.detach().cpu().contiguous().bytes.CopyTo(MemoryMarshal.AsBytes(words.AsSpan()));
        return words;
    }

    /// <summary>The tensor of which <see cref="ToWords"/> made numbers, on the CPU.</summary>
    public static Tensor FromWords(int[] words, ScalarType type, long[] shape)
    {
        var local = zeros(shape, type);
        if (words.Length > 0) MemoryMarshal.AsBytes(words.AsSpan())[..local.bytes.Length].CopyTo(local.bytes);
        return local;
    }

    /// <summary>Length of <see cref="ToWords"/>.</summary>
    public static int WordCount(Tensor tensor) => checked((int)((tensor.numel() * tensor.ElementSize + 3) / 4));

    /// <summary>Throws where a tensor is larger than the memory that .NET shows in one piece.</summary>
    public static void RequireSpan(Tensor tensor)
    {
        if (tensor.numel() * tensor.ElementSize > int.MaxValue)
            throw new ArgumentException($"Expected at most 2 GiB in one table or batch, found [{string.Join(", ", tensor.shape)}] of {tensor.dtype}, {tensor.numel() * tensor.ElementSize / 1e9:F1} GB. Lower the batch size, the history length or the width; of a table, its rows.");
    }

    private static ScalarType TypeOf<T>() where T : unmanaged =>
        typeof(T) == typeof(float) ? ScalarType.Float32 : typeof(T) == typeof(double) ? ScalarType.Float64
        : typeof(T) == typeof(int) ? ScalarType.Int32 : typeof(T) == typeof(long) ? ScalarType.Int64
        : throw new NotSupportedException($"Expected float, double, int or long, found {typeof(T).Name}.");
}
