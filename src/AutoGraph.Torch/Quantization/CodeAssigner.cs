using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Kernels;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Quantization;

/// <summary>Chooses one code per level for each row.</summary>
internal abstract class CodeAssigner
{
    /// <param name="vectors">[N, D]: scaled inputs, or what the encoder of an RQ-VAE made of them.</param>
    /// <param name="codebooks">The code vectors.</param>
    /// <returns>[N, T] row by row.</returns>
    public abstract int[] Assign(Tensor vectors, Codebooks codebooks);

    /// <summary>Stores what an assignment needs beside the code vectors.</summary>
    public virtual void Save(TensorDictionary target)
    {
    }

    /// <summary>Copies the codes of one level, [N], into the table [N, T].</summary>
    protected static void Write(Tensor codes, int[] table, int level, int levels)
    {
        int at = level;
        foreach (long code in HostMemory.ToArray<long>(codes))
        {
            table[at] = (int)code;
            at += levels;
        }
    }
}
