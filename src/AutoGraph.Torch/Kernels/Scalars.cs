using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary>
/// Scalars that live as long as the process. TorchSharp 0.107 hands native code the bare handle of a scalar: one made for a
/// call (every number given to a tensor operation) can be collected, and its memory freed, while the call still reads it.
/// Seen in training on MovieLens-1M with concurrent collections on, in ELU and in a sum ("Expected false to be true").
/// </summary>
internal static class Scalars
{
    public static readonly Scalar One = 1.0;

    /// <summary>a + b; the operator makes a scalar for every call.</summary>
    public static Tensor Add(Tensor a, Tensor b) => a.add(b, One);

    /// <summary>ELU with α = 1.</summary>
    public static Tensor Elu(Tensor input) => input.elu(One, One, One);
}
