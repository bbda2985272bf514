using System.Diagnostics;
using System.Globalization;
using AutoGraph.Core.Retrieval;
using AutoGraph.Core.Snapshots;
using AutoGraph.Torch.Quantization;

namespace AutoGraph.Benchmarks;

/// <summary>
/// The approximate index over vectors of 32 values with cluster structure: recall@10 against exact search and milliseconds per query, both measured in turn
/// in one process on one thread; for cells by k-means over the vectors and for cells by codes of texts that say which cluster an item is of, with noise.
/// </summary>
internal static class IndexSpeed
{
    private const int Width = 32, TextWidth = 64, Clusters = 5000, Queries = 200, Wanted = 10, Insertions = 1000;

    public static void Run(int count)
    {
        var random = new Random(1);
        var (items, texts, centres) = Catalogue(count, random);
        var vectors = SharedRows<float>.Of(items, count, Width);
        float[][] queries = [.. Enumerable.Range(0, Queries).Select(_ => Query(centres, random))];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} × {Width}, {Clusters} clusters, {Queries} queries, top {Wanted}"));

        long start = Stopwatch.GetTimestamp();
        int cells = (int)Math.Ceiling(2 * Math.Sqrt(count));
        var byVectors = InvertedFile.Build(vectors, Array.ConvertAll(VectorCells.Of(items, Width, cells, seed: 0), cell => (long)cell));
        Report("cells by k-means over the vectors", byVectors, Stopwatch.GetElapsedTime(start), vectors, queries);

        int[] codes = Codes(texts, count);
        foreach (int levels in (int[])[1, 2])
        {
            start = Stopwatch.GetTimestamp();
            var byCodes = InvertedFile.Build(vectors, [.. Enumerable.Range(0, count).Select(item => levels == 1 ? codes[2 * item] : (long)codes[2 * item] << 32 | (uint)codes[2 * item + 1])]);
            Report($"cells by {levels} level(s) of 256 codes of the texts", byCodes, Stopwatch.GetElapsedTime(start), vectors, queries);
        }
    }

    private static void Report(string what, InvertedFile index, TimeSpan built, SharedRows<float> vectors, float[][] queries)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {index.CellCount} cells, built in {built.TotalSeconds:F1} s, a changed vector {Insertion(index, queries):F3} ms"));
        foreach (int probes in (int[])[1, 4, 16, 32, 64, 128])
        {
            var (exactTimes, indexTimes, found) = (new double[queries.Length], new double[queries.Length], 0);
            for (int q = 0; q < queries.Length; q++)
            {
                ScoredItem[] exact = [], approximate = [];
                exactTimes[q] = Time(() => exact = ExactSearch.Best(vectors, queries[q], Wanted, static _ => true));
                indexTimes[q] = Time(() => approximate = index.Search(queries[q], Wanted, probes, static _ => true));
                found += approximate.Select(item => item.Position).Intersect(exact.Select(item => item.Position)).Count();
            }
            Array.Sort(exactTimes);
            Array.Sort(indexTimes);
            double exactTime = exactTimes[queries.Length / 2], indexTime = indexTimes[queries.Length / 2];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {probes,4} probes: recall@{Wanted} {found / (double)(Wanted * queries.Length):F3}, median {indexTime:F3} ms, p99 {indexTimes[queries.Length * 99 / 100]:F3}; exact {exactTime:F2} ms, p99 {exactTimes[queries.Length * 99 / 100]:F2}; {exactTime / indexTime:F0} times as fast"));
        }
    }

    private static double Insertion(InvertedFile index, float[][] queries)
    {
        int number = index.Count;
        return Time(() =>
        {
            for (int i = 0; i < Insertions; i++) index = index.Put(number++, queries[i % queries.Length], key: null);
        }) / Insertions;
    }

    private static double Time(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static (float[] Items, float[] Texts, float[] Centres) Catalogue(int count, Random random)
    {
        float[] centres = [.. Enumerable.Range(0, Clusters * Width).Select(_ => Normal(random))], texts = [.. Enumerable.Range(0, Clusters * TextWidth).Select(_ => Normal(random))];
        var (items, itemTexts) = (new float[count * Width], new float[count * TextWidth]);
        for (int item = 0; item < count; item++)
        {
            int cluster = random.Next(Clusters);
            for (int d = 0; d < Width; d++) items[item * Width + d] = centres[cluster * Width + d] + 0.7f * Normal(random);
            for (int d = 0; d < TextWidth; d++) itemTexts[item * TextWidth + d] = texts[cluster * TextWidth + d] + 0.7f * Normal(random);
        }
        return (items, itemTexts, centres);
    }

    // somebody who likes three clusters
    private static float[] Query(float[] centres, Random random)
    {
        var query = new float[Width];
        for (int liked = 0; liked < 3; liked++)
        {
            int cluster = random.Next(Clusters);
            for (int d = 0; d < Width; d++) query[d] += centres[cluster * Width + d];
        }
        return query;
    }

    private static int[] Codes(float[] texts, int count)
    {
        var quantizer = ResidualVectorQuantizer.Fit(texts.AsMemory(0, Math.Min(count, 50_000) * TextWidth), TextWidth, new() { Quantizer = Quantizer.ResidualKMeans, Levels = 2, CodebookSize = 256 }, seed: 1);
        var codes = new int[count * 2];
        quantizer.Encode(texts, codes, []);
        return codes;
    }

    private static float Normal(Random random) => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
