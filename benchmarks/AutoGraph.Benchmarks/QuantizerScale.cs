using System.Diagnostics;
using System.Globalization;
using AutoGraph.Torch.Quantization;
using AutoGraph.Torch.Training;

namespace AutoGraph.Benchmarks;

/// <summary>Fit and encoding of many synthetic vectors of 128 values, 3 levels of 4,096 codes: seconds (of which on the processor), and memory beside the vectors themselves.</summary>
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
            var (fitMemory, fit) = Measure(() => fitted = ResidualVectorQuantizer.Fit(vectors, Width, options, 1));
            var (encodeMemory, encode) = Measure(() => fitted.Encode(vectors, codes, []));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{quantizer} {count,9} × {Width}: fit {fit}, {fitMemory >> 20,5} MB; encode {encode}, {encodeMemory >> 20,4} MB; relative errors {string.Join(" / ", fitted.Health.Levels.Select(level => level.RelativeError.ToString("F3", CultureInfo.InvariantCulture)))}, active {fitted.Health.Levels.Min(level => level.ActiveRatio):P1} or more"));
        }
    }

    private static (long Memory, string Seconds) Measure(Action work)
    {
        var (start, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        long memory = MemoryPeak.Of(work);
        return (memory, string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(start).TotalSeconds,7:F1} s ({(Environment.CpuUsage.TotalTime - processor).TotalSeconds,6:F1})"));
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
