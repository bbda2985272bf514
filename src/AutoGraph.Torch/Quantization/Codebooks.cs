using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Kernels;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Quantization;

/// <summary>Code vectors by level, T × [K_t, D]; x̂ is the sum of the chosen ones.</summary>
internal sealed class Codebooks
{
    private readonly Tensor[] _levels;

    /// <summary>Takes the tensors over: they leave their dispose scope and live as long as this object.</summary>
    public Codebooks(IEnumerable<Tensor> levels) => _levels = [.. levels.Select(level => level.detach().contiguous().DetachFromDisposeScope())];

    public int Levels => _levels.Length;

    public Tensor this[int level] => _levels[level];

    public IReadOnlyList<Tensor> All => _levels;

    /// <summary>x̂ of the first levels, [N, D].</summary>
    /// <param name="codes">[N, T].</param>
    /// <param name="levels">Levels summed, from 1.</param>
    public Tensor Sum(int[] codes, int levels)
    {
        using var scope = NewDisposeScope();
        Tensor? sum = null;
        for (int level = 0; level < levels; level++)
        {
            var chosen = TableRows.Of(_levels[level], Column(codes, level));
            sum = sum is null ? chosen : Scalars.Add(sum, chosen);
        }
        return sum!.MoveToOuterDisposeScope();
    }

    private Tensor Column(int[] codes, int level)
    {
        var column = new long[codes.Length / Levels];
        for (int row = 0; row < column.Length; row++) column[row] = codes[row * Levels + level];
        return tensor(column, device: _levels[level].device);
    }

    public void Save(TensorDictionary target)
    {
        for (int level = 0; level < Levels; level++)
            target.Add($"codebooks.{level}", HostMemory.ToArray<float>(_levels[level]), [.. _levels[level].shape.Select(size => (int)size)]);
    }

    public static Codebooks Load(TensorDictionary source, IReadOnlyList<int> sizes, int dimension)
    {
        using var scope = NewDisposeScope();
        return new(sizes.Select((size, level) => tensor(source.Floats($"codebooks.{level}", size, dimension), size, dimension)));
    }
}
