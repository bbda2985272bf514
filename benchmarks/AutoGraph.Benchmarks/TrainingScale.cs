using System.Diagnostics;
using System.Globalization;
using AutoGraph.Core.Codes;
using AutoGraph.Core.Features;
using AutoGraph.Core.Graphs;
using AutoGraph.Core.Interactions;
using AutoGraph.Torch.Training;
using MathNet.Numerics.Statistics;

namespace AutoGraph.Benchmarks;

/// <summary>
/// How a training step (YouTubeDNN, batch 1,024) grows with users, a tenth as many items and twenty interactions each: plain and with AutoGraph, with AdamW over all rows and
/// over those that a step read. Random data: speed depends on sizes.
/// </summary>
internal static class TrainingScale
{
    private const int InteractionsOfEach = 20, UsersPerItem = 10, Codes = 256, Steps = 7;

    /// <summary>Prints a line for each size and method.</summary>
    /// <param name="threads">CPU threads.</param>
    /// <param name="userCounts">Users.</param>
    public static void Run(int threads, IEnumerable<int> userCounts)
    {
        ComputeThreads.Count = threads;
        foreach (int users in userCounts)
        {
            int items = users / UsersPerItem;
            var train = Interactions(users, items);
            var graph = new FactorGraph(train, Table(users, 1), Table(items, 2), 2);
            Report("plain", null, train, users, items);
            Report("AutoGraph", graph, train, users, items);
        }
    }

    private static void Report(string method, FactorGraph? graph, InteractionTable train, int users, int items)
    {
        long before = Environment.WorkingSet;
        // in turn, so that both meet the same other work
        using var dense = Step(sparse: false);
        double gigabytes = (Environment.WorkingSet - before) / 1e9;
        using var sparse = Step(sparse: true);
        var (ofDense, ofSparse) = (new double[Steps], new double[Steps]);
        for (int step = 0; step < Steps; step++) (ofDense[step], ofSparse[step]) = (Time(dense), Time(sparse));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{users,9:N0} users, {items,7:N0} items, {method,-9}: {ofDense.Median(),7:F0} ms a step over all rows, {ofSparse.Median(),7:F0} over those read, ratio {ofDense.Zip(ofSparse, (a, b) => a / b).Median():F2}; {gigabytes:F1} GB beside the interactions"));

        TrainingStep Step(bool sparse)
        {
            var step = new TrainingStep(new RecommenderOptions { BatchSize = 1024, SparseUpdates = sparse }, graph, train, new FeatureTable(users, []), new FeatureTable(items, []));
            step.Step();                    // fills caches, and makes what the first step makes
            return step;
        }
    }

    private static double Time(TrainingStep step)
    {
        long start = Stopwatch.GetTimestamp();
        step.Step();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static InteractionTable Interactions(int users, int items)
    {
        var random = new Random(0);
        int count = users * InteractionsOfEach;
        var (user, item, time) = (new int[count], new int[count], new long[count]);
        for (int i = 0; i < count; i++) (user[i], item[i], time[i]) = (i / InteractionsOfEach, (int)(Math.Pow(random.NextDouble(), 2) * items), i);
        return new InteractionTable(Names("u", users), Names("i", items), user, item, time);
    }

    private static EntityIndex Names(string prefix, int count) => new(Enumerable.Range(0, count).Select(number => prefix + number.ToString(CultureInfo.InvariantCulture)));

    private static CodeTable Table(int rows, int seed)
    {
        var random = new Random(seed);
        return new([.. Enumerable.Range(0, rows * 2).Select(_ => random.Next(Codes))], 2, Codes);
    }
}
