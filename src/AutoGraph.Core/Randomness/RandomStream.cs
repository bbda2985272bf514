namespace AutoGraph.Core.Randomness;

/// <summary>
/// SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators"): a seeded stream whose values change with
/// neither machine nor framework version, cheap to start, and a hash for draws that must not depend on each other's order.
/// </summary>
/// <remarks>A mutable value: pass it by reference. A stream for each purpose, so that one part can change without the others.</remarks>
/// <param name="seed">The state before the first draw, as in the published algorithm.</param>
internal struct RandomStream(ulong seed)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private ulong _state = seed;

    /// <summary>A stream of its own for a purpose and a number, such as ("negatives", epoch).</summary>
    public static RandomStream For(int seed, string purpose, int number = 0)
    {
        ulong state = Mix((ulong)(uint)seed + Golden);
        foreach (char c in purpose) state = Mix(state ^ c);
        return new(Mix(state ^ ((ulong)(uint)number << 32)));
    }

    /// <summary>A hash of a text that changes with neither process nor machine.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">What it begins with, such as the hash of another text.</param>
    public static ulong Hash(string text, ulong start = 0)
    {
        ulong state = Mix(start + Golden) ^ (ulong)text.Length;
        foreach (char c in text) state = Mix(state + c);
        return Mix(state);
    }

    /// <summary>A stream of its own for a number of 64 bits, such as a pair of user and item; quicker to start than one for a purpose.</summary>
    public static RandomStream ForKey(int seed, ulong key) => new(Mix((uint)seed + Golden) ^ Mix(key + 0xD1B54A32D192ED03));

    /// <summary>Spreads the bits of a value.</summary>
    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>64 random bits.</summary>
    public ulong NextBits() => Mix(_state += Golden);

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in 0..bound-1 (multiply-shift, Lemire 2019; the bias is below bound / 2⁶⁴).</summary>
    public int NextInt(int bound) => (int)Math.BigMul(NextBits(), (ulong)bound, out _);

    /// <summary>A random cycle (Sattolo 1986): a shuffle that leaves no value in its place, of two or more.</summary>
    public void Cycle(Span<int> values)
    {
        for (int i = values.Length - 1; i > 0; i--)
        {
            int j = NextInt(i);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }

    /// <summary>Fisher–Yates.</summary>
    public void Shuffle(Span<int> values)
    {
        for (int i = values.Length - 1; i > 0; i--)
        {
            int j = NextInt(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }
}
