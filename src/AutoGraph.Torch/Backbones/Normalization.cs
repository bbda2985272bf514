using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Backbones;

/// <summary>Layer normalisation of rows (Ba et al. 2016): (x − mean) / √(variance + 1e-5) · weight + bias.</summary>
internal sealed class Normalization : nn.Module
{
    private readonly Parameter weight;
    private readonly Parameter bias;

    public Normalization(int width) : base(nameof(Normalization))
    {
        (weight, bias) = (nn.Parameter(ones(width)), Initialize.Zeros(width));
        RegisterComponents();
    }

    /// <summary>[N, D] → [N, D].</summary>
    /// <remarks>libtorch has no kernel of it for META, whose tensors have no values anyhow: see <see cref="TableRows"/>.</remarks>
    public Tensor Apply(Tensor rows) =>
        rows.device_type == DeviceType.META ? Scalars.Add(rows * weight, bias) : nn.functional.layer_norm(rows, weight.shape, weight, bias);
}
