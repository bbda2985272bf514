using AutoGraph.Torch.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Training;

/// <summary>Initial weights, drawn from a generator of one's own so that fits in one process do not disturb each other.</summary>
/// <remarks>By rand and randn: the functions of nn.init in TorchSharp 0.107 ignore their generator.</remarks>
internal static class Initialize
{
    /// <summary>Normal with mean 0.</summary>
    public static Parameter Normal(Generator generator, double deviation, params ReadOnlySpan<long> shape) =>
        nn.Parameter(Scalars.Multiply(randn(shape, generator: generator), deviation));

    /// <summary>Uniform in ±√(6 / (fanIn + fanOut)) (Glorot and Bengio 2010).</summary>
    public static Parameter Glorot(Generator generator, long fanIn, long fanOut, params ReadOnlySpan<long> shape)
    {
        double bound = Math.Sqrt(6.0 / (fanIn + fanOut));
        return nn.Parameter(Uniform(generator, bound, shape));
    }

    /// <summary>Uniform in ±1/√fanIn, PyTorch's default for linear layers and their biases.</summary>
    public static Parameter FanIn(Generator generator, long fanIn, params ReadOnlySpan<long> shape)
    {
        double bound = 1 / Math.Sqrt(fanIn);
        return nn.Parameter(Uniform(generator, bound, shape));
    }

    /// <summary>Uniform in ±bound: bound · (2·rand − 1).</summary>
    private static Tensor Uniform(Generator generator, double bound, ReadOnlySpan<long> shape)
    {
        var drawn = rand(shape, generator: generator);
        return Scalars.Multiply(Scalars.Subtract(Scalars.Add(drawn, drawn), ones(shape)), bound);
    }

    /// <summary>Zeros.</summary>
    public static Parameter Zeros(params ReadOnlySpan<long> shape) => nn.Parameter(zeros(shape));
}
