using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Kernels;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Training;

/// <summary>Copies a module's parameters and buffers to managed arrays and back.</summary>
internal static class ModuleState
{
    /// <summary>Adds every parameter and buffer under its name with a prefix.</summary>
    public static void Save(nn.Module module, TensorDictionary target, string prefix = "")
    {
        foreach (var (name, parameter) in Named(module))
        {
            using var scope = NewDisposeScope();
            target.Add(prefix + name, HostMemory.ToArray<float>(parameter), [.. parameter.shape.Select(size => checked((int)size))]);
        }
    }

    /// <summary>Sets every parameter and buffer; throws <see cref="InvalidDataException"/> naming one that is missing or of another shape.</summary>
    public static void Load(nn.Module module, TensorDictionary source, string prefix = "")
    {
        using var _ = no_grad();
        foreach (var (name, parameter) in Named(module))
        {
            using var scope = NewDisposeScope();
            var values = source.Floats(prefix + name, [.. parameter.shape.Select(size => checked((int)size))]);
            parameter.copy_(tensor(values, parameter.shape));
        }
    }

    /// <summary>Copies every parameter and buffer to a module of the same structure.</summary>
    public static void Copy(nn.Module from, nn.Module to)
    {
        using var _ = no_grad();
        foreach (var ((_, source), (_, target)) in Named(from).Zip(Named(to))) target.copy_(source);
    }

    private static IEnumerable<(string Name, Tensor Value)> Named(nn.Module module) =>
        module.named_parameters().Select(p => (p.name, (Tensor)p.parameter)).Concat(module.named_buffers());
}
