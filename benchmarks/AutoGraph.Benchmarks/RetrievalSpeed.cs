using System.Globalization;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using AutoGraph.Core.Retrieval;
using AutoGraph.Core.Snapshots;

namespace AutoGraph.Benchmarks;

/// <summary>
/// Exact top-10 of random vectors of 32 values, beside a plain vectorized sum over the same memory: what a request that reads every vector once can reach at most.
/// Both run in turn, round by round, so that other work on the machine slows both alike.
/// </summary>
internal static class RetrievalSpeed
{
    private const int Width = 32, Count = 10, Rounds = 15;

    public static void Run(IEnumerable<int> sizes)
    {
        foreach (int items in sizes)
            foreach (int threads in (int[])[1, 2]) Run(items, threads);
    }

    private static void Run(int items, int threads)
    {
        var random = new Random(items);
        var values = new float[items * Width];
        for (int i = 0; i < values.Length; i++) values[i] = random.NextSingle() - 0.5f;
        var table = SharedRows<float>.Of(values, items, Width);
        float[][] queries = [.. Enumerable.Range(0, threads).Select(_ => Enumerable.Range(0, Width).Select(_ => random.NextSingle() - 0.5f).ToArray())];
        int calls = Math.Max(10, 20_000_000 / items);
        double gigabytes = 4e-9 * items * Width;
        var (flat, sums, searches) = (new List<Latencies>(), new List<Latencies>(), new List<Latencies>());
        float sink = 0;
        for (int round = 0; round < Rounds; round++)
        {
            flat.Add(Latencies.Of(threads, calls, _ => sink += TensorPrimitives.Sum(values)));
            sums.Add(Latencies.Of(threads, calls, _ => sink += Sum(table)));
            searches.Add(Latencies.Of(threads, calls, thread => sink += ExactSearch.Best(table, queries[thread], Count, static _ => true)[0].Score));
        }
        if (float.IsNaN(sink)) throw new InvalidOperationException("Expected a number.");
        var (sum, search) = (Middle(sums), Middle(searches));
        double[] ratios = [.. sums.Zip(searches, (a, b) => b.PerSecond / a.PerSecond).Order()];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{items} items, {threads} threads, {calls} calls each, {Rounds} rounds"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  one flat sum {Middle(flat)}, {Middle(flat).PerSecond * gigabytes,6:F1} GB/s"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  plain sum    {sum}, {sum.PerSecond * gigabytes,6:F1} GB/s"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  exact top-10 {search}, {search.PerSecond * gigabytes,6:F1} GB/s"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  part of the sum's bandwidth: {ratios[Rounds / 2]:P0} (median of rounds; {ratios[0]:P0} to {ratios[^1]:P0}), by fastest calls {sums.Min(s => s.Fastest) / searches.Min(s => s.Fastest):P0}"));
    }

    private static Latencies Middle(List<Latencies> rounds) => rounds.OrderBy(round => round.PerSecond).ElementAt(rounds.Count / 2);

    // eight sums side by side: none waits for another, so that memory alone decides
    private static float Sum(SharedRows<float> table)
    {
        var total = Vector<float>.Zero;
        for (int chunk = 0; chunk < table.ChunkCount; chunk++)
        {
            var rows = table.Chunk(chunk).Rows.Span;
            ref float first = ref MemoryMarshal.GetReference(rows);
            nuint lanes = (nuint)Vector<float>.Count;
            var (a, b, c, d) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
            var (e, f, g, h) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
            for (nuint at = 0; at + 8 * lanes <= (nuint)rows.Length; at += 8 * lanes)
            {
                a += Vector.LoadUnsafe(ref first, at);
                b += Vector.LoadUnsafe(ref first, at + lanes);
                c += Vector.LoadUnsafe(ref first, at + 2 * lanes);
                d += Vector.LoadUnsafe(ref first, at + 3 * lanes);
                e += Vector.LoadUnsafe(ref first, at + 4 * lanes);
                f += Vector.LoadUnsafe(ref first, at + 5 * lanes);
                g += Vector.LoadUnsafe(ref first, at + 6 * lanes);
                h += Vector.LoadUnsafe(ref first, at + 7 * lanes);
            }
            total += a + b + (c + d) + (e + f + (g + h));
        }
        return Vector.Sum(total);
    }
}
