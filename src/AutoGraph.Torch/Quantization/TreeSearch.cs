using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Kernels;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Quantization;

/// <summary>Descends a tree of clusters: per level the nearest child of the node above.</summary>
/// <param name="firstChild">Per level but the last [nodes + 1]: node i has the children firstChild[i] .. firstChild[i + 1] − 1 of the next level.</param>
internal sealed class TreeSearch(IReadOnlyList<int[]> firstChild) : CodeAssigner
{
    public override int[] Assign(Tensor vectors, Codebooks codebooks)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        int rows = (int)vectors.shape[0], levels = codebooks.Levels;
        var codes = new int[rows * levels];
        var nearest = NearestCode.Find(vectors, codebooks[0]).Codes;
        Write(nearest, codes, 0, levels);
        var residual = Scalars.Subtract(vectors, TableRows.Of(codebooks[0], nearest));
        for (int level = 1; level < levels; level++)
        {
            using var step = NewDisposeScope();
            int at = level;
            foreach (var group in Enumerable.Range(0, rows).GroupBy(row => codes[row * levels + at - 1]))
                Descend(residual, [.. group], firstChild[level - 1][group.Key], firstChild[level - 1][group.Key + 1], codebooks[level], codes, level, levels);
            if (level < levels - 1) residual = Next(residual, codebooks[level], codes, level, levels).MoveToOuterDisposeScope();
        }
        return codes;
    }

    private static void Descend(Tensor residual, int[] rows, int first, int end, Tensor codebook, int[] codes, int level, int levels)
    {
        using var scope = NewDisposeScope();
        var index = tensor([.. rows.Select(row => (long)row)], device: residual.device);
        var found = HostMemory.ToArray<long>(NearestCode.Find(TableRows.Of(residual, index), codebook.narrow(0, first, end - first)).Codes);
        for (int i = 0; i < rows.Length; i++) codes[rows[i] * levels + level] = first + (int)found[i];
    }

    private static Tensor Next(Tensor residual, Tensor codebook, int[] codes, int level, int levels)
    {
        using var scope = NewDisposeScope();
        long[] column = [.. Enumerable.Range(0, codes.Length / levels).Select(row => (long)codes[row * levels + level])];
        return Scalars.Subtract(residual, TableRows.Of(codebook, tensor(column, device: residual.device))).MoveToOuterDisposeScope();
    }

    public override void Save(TensorDictionary target)
    {
        for (int level = 0; level < firstChild.Count; level++) target.Add($"tree.{level}", firstChild[level], firstChild[level].Length);
    }

    public static TreeSearch Load(TensorDictionary source, IReadOnlyList<int> sizes)
    {
        var read = new int[sizes.Count - 1][];
        for (int level = 0; level < read.Length; level++)
        {
            var offsets = read[level] = source.Ints($"tree.{level}", sizes[level] + 1);
            bool grows = offsets[0] == 0 && offsets[^1] == sizes[level + 1];
            for (int i = 0; i < sizes[level]; i++) grows &= offsets[i] < offsets[i + 1];
            if (!grows) throw new InvalidDataException($"Expected 'tree.{level}' to give each of {sizes[level]} nodes its part of {sizes[level + 1]} children, found other offsets.");
        }
        return new(read);
    }
}
