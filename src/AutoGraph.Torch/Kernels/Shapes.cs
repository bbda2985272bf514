using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary>Guards shapes in managed code: a wrong shape in a native call can end the process.</summary>
internal static class Shapes
{
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
