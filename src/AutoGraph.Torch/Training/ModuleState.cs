using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Kernels;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Training;

/// <summary>Copies a module's parameters and buffers to managed arrays and back: values of type float32 as they are, those of other types as their bytes.</summary>
internal static class ModuleState
{
    /// <summary>Adds every parameter and buffer under its name with a prefix.</summary>
    public static void Save(nn.Module module, TensorDictionary target, string prefix = "")
    {
        foreach (var (name, value) in Named(module)) Add(target, prefix + name, value);
    }

    /// <summary>Adds every buffer under its name with a prefix.</summary>
    public static void SaveBuffers(nn.Module module, TensorDictionary target, string prefix)
    {
        foreach (var (name, value) in module.named_buffers()) Add(target, prefix + name, value);
    }

    private static void Add(TensorDictionary target, string name, Tensor value)
    {
        if (value.dtype == ScalarType.Float32) target.Add(name, HostMemory.ToArray<float>(value), Shape(value));
        else target.Add(name, HostMemory.ToWords(value), HostMemory.WordCount(value));
    }

    /// <summary>Sets every parameter and buffer; throws <see cref="InvalidDataException"/> naming one that is missing or of another shape.</summary>
    public static void Load(nn.Module module, TensorDictionary source, string prefix = "")
    {
        using var _ = no_grad();
        foreach (var (name, parameter) in Named(module))
        {
            using var scope = NewDisposeScope();
            parameter.copy_(parameter.dtype == ScalarType.Float32
                ? tensor(source.Floats(prefix + name, Shape(parameter)), parameter.shape)
                : HostMemory.FromWords(source.Ints(prefix + name, HostMemory.WordCount(parameter)), parameter.dtype, parameter.shape));
        }
    }

    /// <summary>Copies what training changes to a module of the same structure: parameters, and buffers of TorchSharp's own modules (running statistics).</summary>
    /// <remarks>Other buffers hold data, and a module made for other rows has its own.</remarks>
    public static void CopyTrained(nn.Module from, nn.Module to)
    {
        using var _ = no_grad();
        foreach (var ((_, source), (_, target)) in from.named_parameters().Zip(to.named_parameters())) target.copy_(source);
        foreach (var (source, target) in Statistics(from).Zip(Statistics(to))) target.copy_(source);
    }

    private static IEnumerable<Tensor> Statistics(nn.Module module) =>
        module.modules().Where(one => one.GetType().Assembly == typeof(nn.Module).Assembly).SelectMany(one => one.named_buffers(recurse: false)).Select(buffer => buffer.buffer);

    private static int[] Shape(Tensor tensor) => [.. tensor.shape.Select(size => checked((int)size))];

    private static IEnumerable<(string Name, Tensor Value)> Named(nn.Module module) =>
        module.named_parameters().Select(p => (p.name, (Tensor)p.parameter)).Concat(module.named_buffers());
}
