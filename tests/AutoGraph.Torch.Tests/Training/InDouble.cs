using System.Reflection;
using AutoGraph.Torch.Backbones;
using AutoGraph.Torch.Tests.Kernels;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Training;

/// <summary>Modules in float64, so that gradients can be held against finite differences to six digits.</summary>
internal static class InDouble
{
    /// <summary>All parameters and buffers in float64, with random values: what begins at zero would hide what it is multiplied with.</summary>
    /// <param name="module">The module.</param>
    /// <param name="seed">Seed of the first parameter by name; the others have those after it.</param>
    /// <remarks>Features that a module keeps beside its buffers, which no conversion reaches, are converted by name.</remarks>
    public static T Of<T>(T module, int seed = 100) where T : nn.Module
    {
        module.to(ScalarType.Float64);
        foreach (var fields in module.modules().Append(module).OfType<FieldEmbeddings>().Distinct())
            foreach (string name in new[] { "_dense", "_semantic" })
            {
                var values = (Tensor[])typeof(FieldEmbeddings).GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(fields)!;
                for (int i = 0; i < values.Length; i++)
                {
                    using var before = values[i];
                    values[i] = before.to(ScalarType.Float64).DetachFromDisposeScope();
                }
            }
        using var _ = no_grad();
        foreach (var (_, parameter) in module.named_parameters().OrderBy(pair => pair.name, StringComparer.Ordinal))
        {
            using var scope = NewDisposeScope();
            parameter.copy_(Numbers.Random(seed++, parameter.shape));
        }
        return module;
    }

    /// <summary>Holds the gradients of all parameters against finite differences, and that each parameter has some.</summary>
    /// <param name="module">In float64.</param>
    /// <param name="loss">A function of the module's parameters.</param>
    /// <param name="more">What else the loss depends on.</param>
    public static void CheckGradients(nn.Module module, Func<Tensor> loss, params Tensor[] more)
    {
        var named = module.named_parameters().ToArray();
        Tensor[] inputs = [.. named.Select(pair => pair.parameter), .. more];
        Assert.All(inputs, input => Assert.Equal(ScalarType.Float64, input.dtype));
        Numbers.CheckGradients(loss, inputs);
        string[] names = [.. named.Select(pair => pair.name), .. more.Select((_, i) => $"input {i}")];
        foreach (var (name, input) in names.Zip(inputs))
            Assert.True(input.grad is { } grad && Numbers.Flat(grad).Any(value => Math.Abs(value) > 1e-4), $"{name} has no gradient: the check proves nothing of it.");
    }

    /// <summary>Σ output · w with fixed random w: a loss that every element of the output has a part of its own in.</summary>
    public static Tensor Weighted(Tensor output, int seed = 1) => (output * Numbers.Random(seed, output.shape)).sum();
}
