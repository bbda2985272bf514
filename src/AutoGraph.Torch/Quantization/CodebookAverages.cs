using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Kernels;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Quantization;

/// <summary>
/// Codebooks as moving averages (van den Oord et al. 2017, App. A.1): n ← γn + (1 − γ)·rows, m ← γm + (1 − γ)·Σ residuals, c = m / n.
/// A code that no row of the batch chose keeps its place.
/// </summary>
internal sealed class CodebookAverages : IDisposable
{
    private readonly RqVae _network;
    private readonly double _decay;
    private readonly (Tensor Sizes, Tensor Sums)[] _levels;      // [K], [K, D]

    /// <summary>Starts with weight 1 for every code.</summary>
    public CodebookAverages(RqVae network, double decay)
    {
        using var _ = no_grad();
        (_network, _decay) = (network, decay);
        _levels = [.. Enumerable.Range(0, network.Levels).Select(level => network.Codebook(level)).Select(book =>
            (ones(book.shape[0], device: book.device).DetachFromDisposeScope(), book.detach().clone().DetachFromDisposeScope()))];
    }

    /// <summary>Takes in a batch's residuals before each level and the codes they chose.</summary>
    public void Update(IReadOnlyList<Tensor> codes, IReadOnlyList<Tensor> residuals)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        for (int level = 0; level < _levels.Length; level++)
        {
            var book = _network.Codebook(level);
            var (sums, sizes) = ClusterStep.Sum(residuals[level], codes[level], (int)book.shape[0]);
            Scalars.MoveTowards(_levels[level].Sizes, sizes, 1 - _decay);
            Scalars.MoveTowards(_levels[level].Sums, sums, 1 - _decay);
            var means = _levels[level].Sums / Scalars.AtLeast(_levels[level].Sizes, 1e-12).unsqueeze(1);
            book.copy_(TableRows.Choose(Scalars.IsZero(sizes).unsqueeze(1), book, means));
        }
    }

    /// <summary>Begins anew for some codes of a level, from where they stand now.</summary>
    public void Restart(int level, Tensor codes)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        _levels[level].Sizes.index_copy_(0, codes, ones(codes.shape[0], device: codes.device));
        _levels[level].Sums.index_copy_(0, codes, TableRows.Of(_network.Codebook(level).detach(), codes));
    }

    public void Save(TensorDictionary target, string prefix)
    {
        for (int level = 0; level < _levels.Length; level++)
        {
            target.Add($"{prefix}{level}.sizes", HostMemory.ToArray<float>(_levels[level].Sizes), (int)_levels[level].Sizes.shape[0]);
            target.Add($"{prefix}{level}.sums", HostMemory.ToArray<float>(_levels[level].Sums), [.. _levels[level].Sums.shape.Select(size => (int)size)]);
        }
    }

    public void Load(TensorDictionary source, string prefix)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var (level, (sizes, sums)) in _levels.Index())
        {
            sizes.copy_(tensor(source.Floats($"{prefix}{level}.sizes", (int)sizes.shape[0])));
            sums.copy_(tensor(source.Floats($"{prefix}{level}.sums", (int)sums.shape[0], (int)sums.shape[1]), sums.shape));
        }
    }

    public void Dispose()
    {
        foreach (var (sizes, sums) in _levels)
        {
            sizes.Dispose();
            sums.Dispose();
        }
    }
}
