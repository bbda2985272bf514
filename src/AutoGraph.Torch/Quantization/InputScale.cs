using AutoGraph.Torch.Kernels;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Quantization;

/// <summary>Centres vectors and scales them to a common RMS norm.</summary>
/// <param name="Mean">[V] mean of the fitted vectors.</param>
/// <param name="Factor">Multiplies the centred vectors.</param>
internal sealed record InputScale(float[] Mean, float Factor)
{
    /// <summary>The scale at which the fitted vectors have the given RMS norm; identical vectors are left unscaled.</summary>
    public static InputScale Fit(Tensor vectors, double norm)
    {
        using var scope = NewDisposeScope();
        var mean = vectors.mean([0L]);
        double rms = Math.Sqrt(Scalars.Square(Scalars.Subtract(vectors, mean)).sum(1).mean().item<float>());
        return new(HostMemory.ToArray<float>(mean), rms > 0 ? (float)(norm / rms) : 1);
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
