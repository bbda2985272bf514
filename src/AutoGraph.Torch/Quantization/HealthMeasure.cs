using AutoGraph.Core.Codes;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Quantization;

/// <summary>Measures a quantizer on the rows it was fitted on, with random codes as control, in blocks of rows.</summary>
internal static class HealthMeasure
{
    private const int Block = 4096;

    /// <param name="vectors">[N, V], scaled and so centred.</param>
    /// <param name="codes">Their codes, [N, T].</param>
    /// <param name="coding">The fitted coding.</param>
    /// <param name="codebookSize">Codes per level at most.</param>
    /// <param name="seed">Seed of the control.</param>
    /// <exception cref="InvalidOperationException">All rows got one and the same id.</exception>
    public static CodebookHealth Of(Tensor vectors, int[] codes, VectorCoding coding, int codebookSize, int seed)
    {
        int rows = (int)vectors.shape[0], levels = coding.Codebooks.Levels;
        var other = new int[rows];
        for (int row = 0; row < rows; row++) other[row] = row;
        RandomStream.For(seed, "random codes").Cycle(other);
        var (error, spread) = SquaredErrors(vectors, codes, coding);
        var (random, _) = SquaredErrors(vectors, [.. other.SelectMany(row => new ArraySegment<int>(codes, row * levels, levels))], coding);
        var health = CodebookReport.Measure(new CodeTable(codes, levels, codebookSize), coding.Sizes, Relative(error, spread), Relative(random, spread));
        return !CodebookReport.IsCollapsed(health) ? health : throw new InvalidOperationException(
            $"Expected different codes, found one code for all {rows} rows: the vectors are all alike. Check that the texts differ and that the encoder understands them.");
    }

    /// <summary>Σ‖v − v̂‖² of codes up to each level, [T], and Σ‖v‖².</summary>
    /// <param name="vectors">[N, V], scaled and so centred at the mean of the rows fitted on.</param>
    /// <param name="codes">[N, T].</param>
    /// <param name="coding">The fitted coding.</param>
    internal static (double[] Errors, double Spread) SquaredErrors(Tensor vectors, int[] codes, VectorCoding coding)
    {
        int rows = (int)vectors.shape[0], levels = coding.Codebooks.Levels;
        var (errors, spread) = (new double[levels], 0.0);
        for (int first = 0; first < rows; first += Block)
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            int count = Math.Min(Block, rows - first);
            var part = vectors.narrow(0, first, count);
            spread += Scalars.Square(part).sum().item<float>();
            int[] own = codes.AsSpan(first * levels, count * levels).ToArray();
            for (int level = 0; level < levels; level++)
                errors[level] += Scalars.Square(Scalars.Subtract(part, coding.Decode(coding.Codebooks.Sum(own, level + 1)))).sum().item<float>();
        }
        return (errors, spread);
    }

    private static double[] Relative(double[] errors, double spread) => [.. errors.Select(error => spread > 0 ? error / spread : 0)];
}
