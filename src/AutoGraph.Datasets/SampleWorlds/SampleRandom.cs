using AutoGraph.Core.Randomness;

namespace AutoGraph.Datasets;

/// <summary>
/// What the sample world draws from one <see cref="RandomStream"/>, and an exponential made of sums and products only. The world must be
/// the same on every machine and .NET version; System.Random and Math.Exp promise neither.
/// </summary>
internal sealed class SampleRandom
{
    private RandomStream _random;

    /// <param name="seed">The world's seed.</param>
    /// <param name="stream">Number of an independent sequence, so that one part of the world can change without the others.</param>
    public SampleRandom(int seed, int stream) =>
        _random = new(new RandomStream(((ulong)(uint)stream << 32) | (uint)seed).NextBits());   // mixed: neighbouring states would overlap

    /// <summary>A whole number from 0 to below <paramref name="count"/>.</summary>
    public int Below(int count) => _random.NextInt(count);

    /// <summary>A number from 0 to below 1.</summary>
    public double Unit() => _random.NextDouble();

    public bool Chance(double probability) => Unit() < probability;

    /// <summary>About normal with mean 0 and variance 1: the sum of 12 uniform numbers less 6 (Irwin–Hall), within ±6.</summary>
    public double Normal()
    {
        double sum = -6;
        for (int i = 0; i < 12; i++) sum += Unit();
        return sum;
    }

    public T Pick<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];

    /// <summary>The numbers 0..count-1 in random order.</summary>
    public int[] Permutation(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        _random.Shuffle(order);
        return order;
    }

    /// <summary>A random order in which nothing keeps its place (Sattolo's single cycle).</summary>
    public int[] Derangement(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        for (int i = count - 1; i > 0; i--)
        {
            int j = Below(i);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }

    /// <summary>eˣ for |x| ≤ 700, relative error below 1e-14.</summary>
    public static double Exp(double x)
    {
        const double ln2 = 0.693147180559945309417232121458;
        int power = (int)Math.Floor(x / ln2 + 0.5);
        double rest = x - power * ln2, sum = 1;   // |rest| ≤ ln2 / 2
        for (int i = 14; i >= 1; i--) sum = 1 + sum * rest / i;
        return Math.ScaleB(sum, power);
    }
}
