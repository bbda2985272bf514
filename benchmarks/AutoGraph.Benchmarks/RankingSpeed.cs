using System.Globalization;
using AutoGraph.Core.Evaluation;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using MathNet.Numerics.Statistics;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Benchmarks;

/// <summary>
/// Ranking as evaluation does it, at the size of MovieLens-1M (6,028 rows with 165 seen items each, 3,533 items, D = 32): scores, ranks with seen
/// items kept and masked, and metrics, against the bare matrix product of the same blocks, in turn in one process.
/// </summary>
internal static class RankingSpeed
{
    private const int Rows = 6_028, ItemCount = 3_533, Width = 32, Seen = 165;

    /// <param name="rounds">Timed rounds of each.</param>
    /// <param name="threads">CPU threads.</param>
    public static void Run(int rounds, int threads)
    {
        ComputeThreads.Count = threads;
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var random = new Random(1);
        var queries = new RankingQueries([.. Enumerable.Range(0, Rows)], Drawn(Rows), [.. Enumerable.Range(0, Rows + 1).Select(row => row * Seen)], Drawn(Rows * Seen));
        Tensor users = randn(Rows, Width), items = randn(ItemCount, Width).t();
        int block = new RankingOptions().BlockSize;
        var (bare, ranked) = (new double[rounds], new double[rounds]);
        for (int round = -1; round < rounds; round++)
        {
            double product = Alternating.Time(() =>
            {
                for (int first = 0; first < Rows; first += block) users.narrow(0, first, Math.Min(block, Rows - first)).mm(items).Dispose();
            });
            double evaluation = Alternating.Time(() => RankingEvaluator.Evaluate(queries, ItemCount, Score));
            if (round >= 0) (bare[round], ranked[round]) = (product, evaluation);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Rows:N0} rows x {ItemCount:N0} items, {threads} threads, median (fastest) of {rounds}: product {bare.Median():F1} ({bare.Min():F1}) ms, evaluation {ranked.Median():F1} ({ranked.Min():F1}) ms = {ranked.Median() / bare.Median():F2} ({ranked.Min() / bare.Min():F2}) x"));

        void Score(int first, int count, Span<float> scores)
        {
            using var products = users.narrow(0, first, count).mm(items);
            HostMemory.Copy(products, scores);
        }

        int[] Drawn(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(ItemCount))];
    }
}
