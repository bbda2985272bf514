namespace AutoGraph.Core.Evaluation;

/// <summary>Random numbers that are the same on every system and cheap to start: a stream for each (seed, key).</summary>
/// <remarks>Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators".</remarks>
internal struct SplitMix64(ulong seed, ulong key)
{
    private ulong _state = Mix(seed + 0x9E3779B97F4A7C15) ^ Mix(key + 0xD1B54A32D192ED03);

    internal ulong NextBits() => Mix(_state += 0x9E3779B97F4A7C15);

    /// <summary>0 ≤ value &lt; limit by multiplication (Lemire 2019); its bias, limit / 2³², is far below what is measured here.</summary>
    internal int Next(int limit) => (int)(((NextBits() >> 32) * (ulong)limit) >> 32);

    private static ulong Mix(ulong bits)
    {
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }
}
