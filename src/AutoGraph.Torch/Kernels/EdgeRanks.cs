using AutoGraph.Core.Randomness;

namespace AutoGraph.Torch.Kernels;

/// <summary>How edges are drawn: each has a random rank of its own, hashed from (salt, target, source), and a target keeps its S lowest.</summary>
/// <param name="Salt">Of one draw.</param>
/// <param name="Sample">S.</param>
internal readonly record struct EdgeRanks(ulong Salt, int Sample)
{
    public ulong Of(int target, int source) => RandomStream.Mix(Salt ^ (((ulong)(uint)target << 32) | (uint)source));
}
