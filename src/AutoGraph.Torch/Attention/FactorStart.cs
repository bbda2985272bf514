using AutoGraph.Torch.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Attention;

/// <summary>
/// Factor embeddings that start from codebook vectors: B·R with R [V', D] a random part of a rotation, which keeps angles between codes (all of
/// them where D ≥ V'), scaled to a given root mean square per value over all factors.
/// </summary>
internal static class FactorStart
{
    /// <param name="codebook">[Q, V'].</param>
    /// <param name="width">D.</param>
    /// <param name="deviation">Root mean square of the values.</param>
    /// <param name="generator">Where the rotation is drawn from.</param>
    /// <returns>[Q, D].</returns>
    public static Parameter Of(NodeVectors codebook, int width, double deviation, Generator generator)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var vectors = codebook.ToTensor();                                                                                      // [Q, V']
        var (rotation, _) = linalg.qr(randn(Math.Max(codebook.Width, width), Math.Min(codebook.Width, width), generator: generator));
        var start = vectors.mm(codebook.Width >= width ? rotation : rotation.t());                                              // [Q, D]
        double spread = Scalars.Square(start).mean().sqrt().item<float>();
        return nn.Parameter(Scalars.Multiply(start, spread > 0 ? deviation / spread : 0).MoveToOuterDisposeScope());
    }
}
