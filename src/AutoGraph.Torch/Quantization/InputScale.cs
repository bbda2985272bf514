using AutoGraph.Torch.Kernels;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Quantization;

/// <summary>Centres vectors and scales them to a common RMS norm.</summary>
/// <param name="Mean">[V] mean of the fitted vectors.</param>
/// <param name="Factor">Multiplies the centred vectors.</param>
internal sealed record InputScale(float[] Mean, float Factor)
{
    /// <summary>The scale at which the fitted vectors have the given RMS norm; identical vectors are left unscaled.</summary>
    /// <exception cref="ArgumentException">Their norm is so large or so small that float32 does not hold the factor.</exception>
    public static InputScale Fit(Tensor vectors, double norm)
    {
        using var scope = NewDisposeScope();
        var mean = vectors.mean([0L]);
        var centred = Scalars.Subtract(vectors, mean);
        double largest = centred.abs().amax().item<float>();
        if (largest == 0) return new(HostMemory.ToArray<float>(mean), 1);
        double rms = largest * Math.Sqrt(Scalars.Square(Scalars.Multiply(centred, 1 / largest)).sum(1).mean().item<float>());        // squares neither over- nor underflow
        float factor = (float)(norm / rms);
        return float.IsNormal(factor) ? new(HostMemory.ToArray<float>(mean), factor)
            : throw new ArgumentException($"Expected vectors of a norm that float32 can scale to {norm}, found one of {rms:G3} (root mean square, centred). Scale the vectors first.");
    }

    /// <summary>(v − mean) · factor, [N, V].</summary>
    public Tensor Apply(Tensor vectors)
    {
        using var scope = NewDisposeScope();
        return Scalars.Multiply(Scalars.Subtract(vectors, tensor(Mean, device: vectors.device)), Factor).MoveToOuterDisposeScope();
    }

    /// <summary>v = scaled / factor + mean, [N, V].</summary>
    public Tensor Undo(Tensor scaled)
    {
        using var scope = NewDisposeScope();
        return Scalars.Add(Scalars.Multiply(scaled, 1 / (double)Factor), tensor(Mean, device: scaled.device)).MoveToOuterDisposeScope();
    }
}
