using System.Globalization;
using Microsoft.ML;

namespace AutoGraph.Benchmarks;

/// <summary>Whole requests to an engine: user vector and exact top-10.</summary>
internal static class RequestSpeed
{
    private const int Calls = 1000;

    public static void Run(IEnumerable<int> sizes)
    {
        foreach (int items in sizes) Run(items);
    }

    private static void Run(int items)
    {
        var context = new MLContext(seed: 1);
        using var engine = context.AutoGraph().CreateEngine(ServedCatalogue.Fit(context, items).Model);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{items} items"));
        foreach (int threads in (int[])[1, 2])
        {
            Random[] draws = [.. Enumerable.Range(0, threads).Select(thread => new Random(thread))];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {threads} threads: {Latencies.Of(threads, items > 100_000 ? Calls / 8 : Calls, thread => engine.Recommend($"u{draws[thread].Next(ServedCatalogue.Users)}"))}"));
        }
        int asked = items > 100_000 ? 256 : ServedCatalogue.Users;
        var all = Latencies.Of(1, 3, _ => engine.RecommendAll(Enumerable.Range(0, asked).Select(user => $"u{user}")).Preview(maxRows: 10 * asked));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {asked} users together: {all.Median / asked:F3} ms each, computing {all.Computing / asked:F3}"));
    }
}
