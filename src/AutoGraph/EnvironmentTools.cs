using AutoGraph.Torch.Training;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace AutoGraph;

/// <summary>Log lines and seeds of the context at hand.</summary>
internal static class EnvironmentTools
{
    /// <summary>Sends lines to <c>mlContext.Log</c>.</summary>
    internal static void Log(this IHostEnvironment environment, string source, IEnumerable<string> information, IEnumerable<string>? warnings = null)
    {
        using var channel = environment.Register($"AutoGraph.{source}").Start(source);
        foreach (string line in information) channel.Info(MessageSensitivity.None, "{0}", line);
        foreach (string line in warnings ?? []) channel.Warning(MessageSensitivity.None, "{0}", line);
    }

    /// <summary>Where kernels run: <c>MLContext.GpuDeviceId</c> and <c>FallbackToCpu</c>.</summary>
    internal static ComputeDevice Device(this IHostEnvironment environment) =>
        environment is MLContext context ? new(context.GpuDeviceId, context.FallbackToCpu) : default;

    /// <summary>The seed of the options, else of the context, else 0.</summary>
    internal static int SeedFor(this IHostEnvironment environment, int? optional) => optional ?? ModelIo.SeedOf(environment) ?? 0;
}
