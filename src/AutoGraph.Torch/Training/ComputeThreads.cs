using AutoGraph.Torch.Kernels;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Training;

/// <summary>Threads of one computation on the CPU, for libtorch and for the kernels beside it; a setting of the whole process.</summary>
internal static class ComputeThreads
{
    /// <summary>Threads at most, from 1. Default: libtorch's own choice, the number of physical cores.</summary>
    /// <remarks>Weights depend on this number in their last bits, for libtorch divides its sums by it.</remarks>
    public static int Count
    {
        get => get_num_threads();
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            set_num_threads(value);
            CpuLoop.Threads = value;
        }
    }
}
