using System.Diagnostics;
using System.Globalization;
using AutoGraph.Torch.Quantization;
using AutoGraph.Torch.Training;

namespace AutoGraph.Benchmarks;

/// <summary>Fit and encoding of many synthetic vectors of 128 values, 3 levels of 4,096 codes: seconds, and memory beside the vectors themselves.</summary>
internal static class QuantizerScale
{
    private const int Width = 128, Centres = 20_000;

    /// <param name="quantizer">What makes the codes; an RQ-VAE runs 1 epoch of warm-up and 2 with codebooks.</param>
    /// <param name="threads">CPU threads.</param>
    /// <param name="rows">Numbers of vectors, one run each.</param>
    public static void Run(Quantizer quantizer, int threads, IEnumerable<int> rows)
    {
        ComputeThreads.Count = threads;
        var options = new ResidualQuantizerOptions { Quantizer = quantizer, CodebookSize = 4096, Levels = 3, WarmUpEpochs = 1, Epochs = 2, BatchSize = 1024 };
        foreach (int count in rows)
        {
            float[] vectors = Vectors(count);
            var codes = new int[count * options.Levels];
            ResidualVectorQuantizer fitted = null!;
            var clock = Stopwatch.StartNew();
            long fitMemory = MemoryPeak.Of(() => fitted = ResidualVectorQuantizer.Fit(vectors, Width, options, 1));
            double fit = clock.Elapsed.TotalSeconds;
            clock.Restart();
            long encodeMemory = MemoryPeak.Of(() => fitted.Encode(vectors, codes, []));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{quantizer} {count,9} × {Width}: fit {fit,7:F1} s, {fitMemory >> 20,5} MB; encode {clock.Elapsed.TotalSeconds,6:F1} s, {encodeMemory >> 20,4} MB; relative errors {string.Join(" / ", fitted.Health.Levels.Select(level => level.RelativeError.ToString("F3", CultureInfo.InvariantCulture)))}, active {fitted.Health.Levels.Min(level => level.ActiveRatio):P1} or more"));
        }
    }

    /// <summary>Uniform noise around uniform centres.</summary>
    private static float[] Vectors(int count)
    {
        var random = new Random(1);
        float[] centres = [.. Enumerable.Range(0, Centres * Width).Select(_ => 2 * random.NextSingle())];
        var vectors = new float[count * Width];
        for (int row = 0; row < count; row++)
        {
            var centre = centres.AsSpan(random.Next(Centres) * Width, Width);
            for (int d = 0; d < Width; d++) vectors[row * Width + d] = centre[d] + random.NextSingle();
        }
        return vectors;
    }
}
