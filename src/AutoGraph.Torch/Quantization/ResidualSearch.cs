using AutoGraph.Torch.Kernels;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Quantization;

/// <summary>
/// Nearest code of what the levels before have left (Eq. 4), or, with a beam, the best of several paths: per level the
/// <c>beam</c> sums nearest to the row go on, and the nearest whole sum is chosen (Babenko and Lempitsky 2014).
/// </summary>
internal sealed class ResidualSearch(int beam) : CodeAssigner
{
    /// <summary>Distances held at a time.</summary>
    private const long BlockElements = 4 << 20;

    public override int[] Assign(Tensor vectors, Codebooks codebooks)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var codes = new int[vectors.shape[0] * codebooks.Levels];
        if (beam == 1) Greedy(vectors, codebooks, codes);
        else Beam(vectors, codebooks, codes);
        return codes;
    }

    private static void Greedy(Tensor vectors, Codebooks codebooks, int[] codes)
    {
        var residual = vectors;
        for (int level = 0; level < codebooks.Levels; level++)
        {
            var nearest = NearestCode.Find(residual, codebooks[level]).Codes;
            Write(nearest, codes, level, codebooks.Levels);
            if (level < codebooks.Levels - 1) residual = Scalars.Subtract(residual, TableRows.Of(codebooks[level], nearest));
        }
    }

    private void Beam(Tensor vectors, Codebooks codebooks, int[] codes)
    {
        long rows = vectors.shape[0], block = Math.Max(1, BlockElements / (beam * codebooks.All.Max(book => book.shape[0])));
        for (long first = 0; first < rows; first += block)
        {
            using var scope = NewDisposeScope();
            long count = Math.Min(block, rows - first);
            var paths = Paths(vectors.narrow(0, first, count), codebooks);
            for (int level = 0; level < paths.Length; level++)
            {
                long at = first;
                foreach (long code in HostMemory.ToArray<long>(paths[level])) codes[at++ * codebooks.Levels + level] = (int)code;
            }
        }
    }

    /// <summary>Per level the codes [n] of each row's best path.</summary>
    private Tensor[] Paths(Tensor rows, Codebooks codebooks)
    {
        long count = rows.shape[0], width = rows.shape[1], held = 1;
        var residual = rows;                                                                            // [n · held, D]
        Tensor[] paths = [];                                                                            // level × [n, held]
        for (int level = 0; level < codebooks.Levels; level++)
        {
            var book = codebooks[level];
            long size = book.shape[0], keep = level == codebooks.Levels - 1 ? 1 : Math.Min(beam, held * size);
            var norms = Scalars.Add(Scalars.Square(residual).sum([1L], true), Scalars.Square(book).sum(1));           // [n · held, K]
            var distances = Scalars.Subtract(norms, Scalars.Multiply(residual.mm(book.t()), 2)).view(count, held * size);
            var best = distances.topk((int)keep, 1, false, true).indexes;                               // [n, keep]
            var (parent, code, from) = Split(best, size, held);
            residual = Scalars.Subtract(TableRows.Of(residual, from.view(-1)), TableRows.Of(book, code.view(-1)));
            paths = [.. paths.Select(path => path.gather(1, parent)), code];
            held = keep;
        }
        return [.. paths.Select(path => path.contiguous().view(-1))];
    }

    /// <summary>Candidate number = parent · K + code; the parent's residual stands in row · held + parent.</summary>
    private static (Tensor Parent, Tensor Code, Tensor From) Split(Tensor candidates, long size, long held)
    {
        long[] all = HostMemory.ToArray<long>(candidates), shape = candidates.shape;
        return (Table(n => all[n] / size), Table(n => all[n] % size), Table(n => n / (int)shape[1] * held + all[n] / size));

        Tensor Table(Func<int, long> value) => tensor([.. Enumerable.Range(0, all.Length).Select(value)], shape, device: candidates.device);
    }
}
