using System.Globalization;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Training;

/// <summary>Turns the libtorch error of a device without room into one sentence that says which batch size to try.</summary>
internal static class DeviceMemory
{
    // "CUDA out of memory. Tried to allocate …" and "DefaultCPUAllocator: can't allocate memory: you tried to allocate …"
    private static readonly string[] Marks = ["out of memory", "can't allocate memory"];

    /// <summary>Whether libtorch found no room.</summary>
    public static bool IsOut(ExternalException error) => Marks.Any(mark => error.Message.Contains(mark, StringComparison.OrdinalIgnoreCase));

    /// <param name="error">The error of libtorch.</param>
    /// <param name="device">Where it happened.</param>
    /// <param name="options">Name of the options that hold the batch size.</param>
    /// <param name="batchSize">The batch size that did not fit.</param>
    /// <param name="others">What else shrinks a step.</param>
    public static InvalidOperationException Out(ExternalException error, Device device, string options, int batchSize, string others) => new(string.Create(CultureInfo.InvariantCulture,
        $"Expected training steps of {batchSize:N0} rows to fit into the memory of {device}, found no room ({FirstLine(error.Message)}). Try {options}.BatchSize = {Math.Max(1, batchSize / 2)}; less {others} shrinks a step as well."), error);

    private static string FirstLine(string message)
    {
        string line = message.Split('\n')[0].Trim().TrimEnd('.');
        // libtorch goes on with the state of its allocator.
        return line.IndexOf(". GPU", StringComparison.Ordinal) is > 0 and var end ? line[..end] : line;
    }
}
