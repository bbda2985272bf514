namespace AutoGraph.Datasets;

/// <summary>
/// SplitMix64 (Steele, Lea and Flood 2014) and an exponential made of sums and products only. The world must be the same on every
/// machine and .NET version; System.Random and Math.Exp promise neither.
/// </summary>
internal sealed class SampleRandom
{
    private ulong _state;

    /// <param name="seed">The world's seed.</param>
    /// <param name="stream">Number of an independent sequence, so that one part of the world can change without the others.</param>
    public SampleRandom(int seed, int stream)
    {
        _state = ((ulong)(uint)stream << 32) | (uint)seed;
        _state = Next();
    }

    public ulong Next()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A whole number from 0 to below <paramref name="count"/>.</summary>
    public int Below(int count) => (int)Math.BigMul(Next(), (ulong)count, out _);

    /// <summary>A number from 0 to below 1.</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    public bool Chance(double probability) => Unit() < probability;

    /// <summary>About normal with mean 0 and variance 1: the sum of 12 uniform numbers less 6 (Irwin–Hall), within ±6.</summary>
    public double Normal()
    {
        double sum = -6;
        for (int i = 0; i < 12; i++) sum += Unit();
        return sum;
    }

    public T Pick<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];

    /// <summary>The numbers 0..count-1 in random order (Fisher–Yates).</summary>
    public int[] Permutation(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        for (int i = count - 1; i > 0; i--) Swap(order, i, Below(i + 1));
        return order;
    }

    /// <summary>A random order in which nothing keeps its place (Sattolo's single cycle).</summary>
    public int[] Derangement(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        for (int i = count - 1; i > 0; i--) Swap(order, i, Below(i));
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

    private static void Swap(int[] order, int i, int j) => (order[i], order[j]) = (order[j], order[i]);
}
