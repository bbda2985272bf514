using AutoGraph.Torch.Quantization;
using AutoGraph.Torch.Tests.Kernels;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Quantization;

public sealed class RqVaeTests
{
    [Fact]
    public void Loss_TwoLevelsIdentityNetwork_EqualsHandComputed()
    {
        using var scope = NewDisposeScope();
        using var network = Identity(2);
        Set(network.Codebook(0), [2, 0, -2, 0]);
        Set(network.Codebook(1), [0, 1, 0, -1]);
        // v = (3, 1): r¹ = (3, 1), c = (2, 0), r² = (1, 1), c = (0, 1), x̂ = (2, 1)
        // ‖v − x̂‖² = 1; ‖r¹ − c¹‖² = 2; ‖r² − c²‖² = 1; loss = 1 + (1 + β)·3
        var (loss, reconstruction, codes, residuals) = network.Loss(tensor(new float[] { 3, 1 }, 1, 2), 0.25);
        Assert.Equal(4.75f, loss.item<float>(), 1e-6f);
        Assert.Equal(1f, reconstruction.item<float>(), 1e-6f);
        Assert.Equal([3, 1], residuals[0].data<float>().ToArray());
        Assert.Equal([1, 1], residuals[1].data<float>().ToArray());
        Assert.Equal([0, 0], codes.Select(code => code.item<long>()));

        loss.backward();
        Numbers.AreClose([-2, -2, 0, 0], Numbers.Flat(network.Codebook(0).grad!), 1e-6);      // 2 (c − r), nothing for codes not chosen
        Numbers.AreClose([-2, 0, 0, 0], Numbers.Flat(network.Codebook(1).grad!), 1e-6);
        // straight through: dL/dx = 2 (x̂ − v) + 2β (r¹ − c¹) + 2β (r² − c²) = (−2, 0) + ½ (1, 1) + ½ (1, 0)
        Numbers.AreClose([-1, 0.5], Numbers.Flat(network.named_parameters().Single(p => p.name == "encoder.biases.0").parameter.grad!), 1e-6);
    }

    [Fact]
    public void Quantize_AnyRow_SumsChosenCodesAndResiduals()
    {
        using var scope = NewDisposeScope();
        using var network = Identity(3);
        for (int level = 0; level < 3; level++) Set(network.Codebook(level), [.. Numbers.Flat(Numbers.Random(level, 4)).Select(x => (float)x)]);
        var encoded = Numbers.Random(9, 20, 2).@float();
        var (codes, residuals, quantized) = network.Quantize(encoded);
        var sum = zeros_like(encoded);
        for (int level = 0; level < 3; level++)
        {
            Numbers.AreClose(Numbers.Matrix(encoded - sum), residuals[level], 1e-6);
            sum = sum + network.Codebook(level).detach().index_select(0, codes[level]);
        }
        Numbers.AreClose(Numbers.Matrix(sum), quantized, 1e-6);
    }

    private static RqVae Identity(int levels)
    {
        using var generator = new Generator(1, CPU);
        var network = new RqVae(2, 2, new() { Levels = levels, Dimension = 2, HiddenWidths = [] }, generator);
        foreach (var (name, parameter) in network.named_parameters())
            if (name.Contains("weights", StringComparison.Ordinal)) Set(parameter, [1, 0, 0, 1]);
            else Set(parameter, new float[parameter.numel()]);
        return network;
    }

    private static void Set(Tensor parameter, float[] values)
    {
        using var _ = no_grad();
        parameter.copy_(tensor(values, parameter.shape));
    }
}
