using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Kernels;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Quantization;

/// <summary>Codes by the signs of projections (Charikar 2002): bit b of level t is set where plane t·bits + b has the row on its positive side.</summary>
/// <param name="planes">[T · bits, D].</param>
/// <param name="width">D.</param>
/// <param name="bits">Bits per level.</param>
internal sealed class HashSearch(float[] planes, int width, int bits) : CodeAssigner
{
    public override int[] Assign(Tensor vectors, Codebooks codebooks)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var sides = HostMemory.ToArray<float>(vectors.mm(tensor(planes, planes.Length / width, width, device: vectors.device).clone().t()));     // [N, T · bits]
        var codes = new int[vectors.shape[0] * codebooks.Levels];
        for (int i = 0; i < sides.Length; i++)
            if (sides[i] > 0) codes[i / bits] |= 1 << (i % bits);
        return codes;
    }

    public override void Save(TensorDictionary target) => target.Add("planes", planes, planes.Length / width, width);

    public static HashSearch Load(TensorDictionary source, int levels, int size, int width)
    {
        int bits = System.Numerics.BitOperations.Log2((uint)size);
        return new(source.Floats("planes", levels * bits, width), width, bits);
    }
}
