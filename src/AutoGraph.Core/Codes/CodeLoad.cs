using MathNet.Numerics;

namespace AutoGraph.Core.Codes;

/// <summary>How new rows spread over the codes of one level, against the rows of the training.</summary>
/// <param name="Distance">Total variation ½ Σ_k |q_k − p_k| between the shares q of new rows and p of training rows, 0 (the same) to 1 (no code in common).</param>
/// <param name="DistanceByChance">What to expect of as many rows drawn as the training's were.</param>
/// <param name="HeaviestCode">The code with most new rows; of equal ones the lowest.</param>
/// <param name="HeaviestShare">Its share of the new rows, 0 to 1.</param>
/// <param name="HeaviestTrainingShare">Its share of the training rows, 0 to 1.</param>
public sealed record CodeLoad(double Distance, double DistanceByChance, int HeaviestCode, double HeaviestShare, double HeaviestTrainingShare)
{
    /// <summary>Measures one level.</summary>
    /// <param name="training">[K] training rows with each code; at least one row.</param>
    /// <param name="news">[K] new rows with each code; at least one row.</param>
    /// <exception cref="ArgumentException">The lengths differ, or there is no row.</exception>
    internal static CodeLoad Measure(ReadOnlySpan<int> training, ReadOnlySpan<int> news)
    {
        long all = Sum(training), added = Sum(news);
        if (training.Length != news.Length || all == 0 || added == 0)
            throw new ArgumentException($"Expected counts of as many codes and rows on both sides, found {training.Length} and {news.Length} codes of {all} and {added} rows.");
        var (distance, chance, heaviest) = (0.0, 0.0, 0);
        for (int code = 0; code < training.Length; code++)
        {
            double share = (double)training[code] / all;
            distance += Math.Abs((double)news[code] / added - share) / 2;
            chance += MeanDeviation((int)added, share) / added / 2;
            if (news[code] > news[heaviest]) heaviest = code;
        }
        // the training's shares are drawn too
        return new(distance, Math.Min(1, chance * Math.Sqrt(1 + (double)added / all)), heaviest, (double)news[heaviest] / added, (double)training[heaviest] / all);
    }

    /// <summary>E|X − n p| of a binomial count X (De Moivre; Diaconis and Zabell 1991): 2 ν C(n, ν) p^ν (1 − p)^(n − ν + 1) with ν = ⌊n p⌋ + 1.</summary>
    internal static double MeanDeviation(int n, double p)
    {
        if (p is <= 0 or >= 1) return 0;
        int v = (int)Math.Floor(n * p) + 1;
        return 2 * v * Math.Exp(SpecialFunctions.BinomialLn(n, v) + v * Math.Log(p) + (n - v + 1) * Math.Log(1 - p));
    }

    private static long Sum(ReadOnlySpan<int> counts)
    {
        long sum = 0;
        foreach (int count in counts) sum += count;
        return sum;
    }
}
