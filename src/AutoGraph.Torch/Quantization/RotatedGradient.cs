using AutoGraph.Torch.Kernels;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Quantization;

/// <summary>
/// The rotation trick (Fifty et al. 2024): the value is x̂, and its gradient reaches x through the rotation and scaling that
/// take x to x̂, held constant: ∂x̂/∂x = (‖x̂‖ / ‖x‖) · (I − 2 r rᵀ + 2 x̂₁ x₁ᵀ) with unit vectors x₁, x̂₁ and r = (x₁ + x̂₁) / ‖x₁ + x̂₁‖.
/// </summary>
internal static class RotatedGradient
{
    private const double Tiny = 1e-8;

    /// <param name="encoded">x, [B, D].</param>
    /// <param name="quantized">x̂, [B, D], without gradient.</param>
    /// <returns>x̂ [B, D] with the rotated gradient.</returns>
    public static Tensor Pass(Tensor encoded, Tensor quantized)
    {
        using var scope = NewDisposeScope();
        var fixedX = encoded.detach();
        var (xNorm, qNorm) = (Norm(fixedX), Norm(quantized));                        // [B, 1]
        var (x, q) = (fixedX / xNorm, quantized / qNorm);
        var between = Scalars.Add(x, q);
        var r = between / Norm(between);
        var reflected = Scalars.Subtract(encoded, Scalars.Multiply(r * (encoded * r).sum([1L], true), 2));
        var rotated = Scalars.Add(reflected, Scalars.Multiply(q * (encoded * x).sum([1L], true), 2)) * (qNorm / xNorm);
        // the value exactly x̂: without this, rounding would train the decoder on other inputs than it gets later
        return Scalars.Add(rotated, Scalars.Subtract(quantized, rotated).detach()).MoveToOuterDisposeScope();
    }

    private static Tensor Norm(Tensor rows) => Scalars.AtLeast(Scalars.Square(rows).sum([1L], true).sqrt(), Tiny);
}
