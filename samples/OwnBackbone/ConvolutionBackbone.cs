using AutoGraph;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace OwnBackboneSample;

/// <summary>A backbone from outside the library, after Caser (Tang and Wang 2018): filters as wide as the whole history, a weight for every place and feature.</summary>
internal sealed class ConvolutionBackbone : OwnBackbone
{
    private readonly Parameter filters;     // [F, L]
    private readonly Parameter bias;        // [F]
    private readonly int _width;

    public ConvolutionBackbone(OwnBackboneShape shape, int count = 4) : base(nameof(ConvolutionBackbone))
    {
        filters = nn.Parameter(randn([count, shape.HistoryLength], generator: shape.Generator) / Math.Sqrt(shape.HistoryLength));
        bias = nn.Parameter(zeros(count));
        _width = count * shape.Dimension;
        RegisterComponents();
    }

    public override int Width => _width;

    // [B, L, D] → [B, F · D]: places without an item hold zeros
    public override Tensor Encode(Tensor items, Tensor mask) =>
        (einsum("fl,bld->bfd", filters, items) + bias.unsqueeze(-1)).relu().flatten(1);
}
