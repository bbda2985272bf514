using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Enhancements;

/// <summary>dropout(ReLU(Linear(v))): [N, G] → [N, D]. Dropout is on while the module trains.</summary>
internal sealed class EnhancementField : nn.Module
{
    private readonly Parameter weight;
    private readonly Parameter bias;
    private readonly double _dropout;

    public EnhancementField(int inputWidth, int width, double dropout, Generator generator) : base(nameof(EnhancementField))
    {
        weight = Initialize.FanIn(generator, inputWidth, width, inputWidth);
        bias = Initialize.FanIn(generator, inputWidth, width);
        (_dropout, InputWidth) = (dropout, inputWidth);
        RegisterComponents();
    }

    /// <summary>G.</summary>
    public int InputWidth { get; }

    public Tensor Project(Tensor vectors, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        var field = nn.functional.linear(vectors, weight, bias).relu_();
        if (training && _dropout > 0)
        {
            // Drawn on the CPU and moved: TorchSharp 0.107 makes generators of the CPU whatever device they are asked for.
            using var generator = new Generator(random.NextBits() >> 1, CPU);
            var kept = Scalars.IsAtLeast(rand(field.shape, generator: generator), _dropout).to(field.dtype).to(field.device);
            field *= Scalars.Multiply(kept, 1 / (1 - _dropout));
        }
        return field.MoveToOuterDisposeScope();
    }
}
