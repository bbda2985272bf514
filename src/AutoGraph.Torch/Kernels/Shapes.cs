using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary>Guards shapes in managed code: a wrong shape in a native call can end the process.</summary>
internal static class Shapes
{
    /// <summary>Whether CPU kernels run in double (true) or float (false).</summary>
    /// <exception cref="ArgumentException">The tensors are of another type, or of two: a kernel would read past their ends.</exception>
    public static bool IsDouble(params ReadOnlySpan<Tensor> tensors)
    {
        var type = tensors[0].dtype;
        foreach (var tensor in tensors)
            if (tensor.dtype != type || type is not (ScalarType.Float32 or ScalarType.Float64))
                throw new ArgumentException($"Expected tensors of one type, Float32 or Float64, found {type} and {tensor.dtype}.");
        return type == ScalarType.Float64;
    }

    /// <summary>Throws unless the tensor has these sizes; -1 accepts any size.</summary>
    public static void Expect(Tensor tensor, string name, params ReadOnlySpan<long> sizes)
    {
        var actual = tensor.shape;
        bool fits = actual.Length == sizes.Length;
        for (int i = 0; fits && i < sizes.Length; i++) fits = sizes[i] < 0 || sizes[i] == actual[i];
        if (!fits)
            throw new ArgumentException($"Expected {name} of shape [{string.Join(", ", sizes.ToArray())}], found [{string.Join(", ", actual)}].", name);
    }
}
