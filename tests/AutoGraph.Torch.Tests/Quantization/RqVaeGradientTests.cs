using AutoGraph.Torch.Quantization;
using AutoGraph.Torch.Tests.Kernels;
using AutoGraph.Torch.Tests.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Quantization;

public sealed class RqVaeGradientTests
{
    private const double Commitment = 0.25;

    [Theory]
    [InlineData]
    [InlineData(4)]
    [InlineData(6, 4)]
    public void Loss_HiddenLayers_GradientsOfAllParametersEqualFiniteDifferences(params int[] hidden)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        using var network = InDouble.Of(new RqVae(5, 3, new() { Levels = 2, Dimension = 3, HiddenWidths = hidden }, generator));
        var vectors = Numbers.Random(7, 12, 5) * 5;
        var start = network.Encode(vectors).detach();
        using (no_grad()) network.Codebook(0).copy_(start[..3] + 0.1 * Numbers.Random(8, 3, 3));     // near rows that differ, so that codes do
        var (codes, residuals, quantized) = network.Quantize(start);
        Assert.True(codes[0].data<long>().ToArray().Distinct().Count() > 1);
        Tensor[] books = [.. Enumerable.Range(0, 2).Select(level => network.Codebook(level).detach().clone())];

        // Eq. 5 as an ordinary function: codes, and what stands under a stop-gradient, are numbers; the straight-through x̂ moves with x
        Tensor Function()
        {
            var x = network.Encode(vectors);
            var loss = (vectors - network.Decode(x + (quantized - start))).square().sum(1).mean();
            var left = x;
            for (int level = 0; level < 2; level++)
            {
                var chosen = books[level].index_select(0, codes[level]);
                loss = loss + (residuals[level] - network.Codebook(level).index_select(0, codes[level])).square().sum(1).mean();
                loss = loss + Commitment * (left - chosen).square().sum(1).mean();
                left = left - chosen;
            }
            return loss;
        }

        InDouble.CheckGradients(network, Function);
        Tensor[] parameters = [.. network.parameters()];
        Assert.Equal(Function().item<double>(), network.Loss(vectors, Commitment).Total.item<double>(), 12);
        var (expected, actual) = (Numbers.Gradients(Function, parameters), Numbers.Gradients(() => network.Loss(vectors, Commitment).Total, parameters));
        for (int i = 0; i < parameters.Length; i++) Numbers.AreClose(expected[i], actual[i], 1e-12);
    }
}
