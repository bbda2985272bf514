using Microsoft.ML.OnnxRuntime;

namespace AutoGraph.Onnx;

/// <summary>Opens a model on the GPU where one is asked for, and tells a GPU that cannot be used from a model that cannot.</summary>
internal static class GpuFallback
{
    /// <param name="open">Opens on this CUDA device, or on the CPU for null.</param>
    /// <param name="options">Which device, and what to do where it cannot be used.</param>
    public static T Open<T>(Func<int?, T> open, OnnxTextEncoderOptions options)
        where T : IDisposable
    {
        if (options.GpuDeviceId is not { } gpu) return open(null);
        try
        {
            return open(gpu);
        }
        // The package for the CPU lacks the provider or its entry point; that for CUDA may find no driver, no such device, or no CUDA libraries. A damaged model reads
        // like the latter: it is one if the CPU does not load it either, and that error is the one to hear of.
        catch (Exception error) when (error is OnnxRuntimeException or EntryPointNotFoundException)
        {
            var onCpu = open(null);
            string reason = error.Message.Split('\n')[0].Trim().TrimEnd('.');
            if (options.FallbackToCpu)
            {
                options.Log?.Invoke($"The text encoder runs on the CPU: CUDA device {gpu} cannot be used ({reason}).");
                return onCpu;
            }
            onCpu.Dispose();
            throw new InvalidOperationException(
                $"Expected ONNX Runtime with CUDA device {gpu} for the text encoder, found none ({reason}). Reference Microsoft.ML.OnnxRuntime.Gpu in place of " +
                $"Microsoft.ML.OnnxRuntime, or set {nameof(OnnxTextEncoderOptions)}.{nameof(options.FallbackToCpu)} = true.", error);
        }
    }
}
