using static TorchSharp.torch;

namespace AutoGraph.Torch.Training;

/// <summary>Where kernels run, chosen once per fit from <c>MLContext.GpuDeviceId</c> and <c>FallbackToCpu</c>. The default is the CPU.</summary>
/// <param name="GpuDeviceId">CUDA device number, or null for the CPU.</param>
/// <param name="FallbackToCpu">Whether to go on with the CPU where CUDA is not available.</param>
public readonly record struct ComputeDevice(int? GpuDeviceId, bool FallbackToCpu)
{
    /// <exception cref="InvalidOperationException">A GPU was asked for, there is none, and falling back is not allowed.</exception>
    internal Device Resolve()
    {
        if (GpuDeviceId is not { } id) return CPU;
        if (cuda.is_available() && id < cuda.device_count()) return TorchSharp.torch.device(TorchSharp.DeviceType.CUDA, id);
        if (FallbackToCpu) return CPU;
        throw new InvalidOperationException(
            $"Expected CUDA device {id}, found {(cuda.is_available() ? cuda.device_count() : 0)} CUDA devices. " +
            "Reference TorchSharp-cuda-linux or TorchSharp-cuda-windows, or set MLContext.FallbackToCpu = true.");
    }
}
