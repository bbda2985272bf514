namespace AutoGraph.Torch.Tests.Persistence;

/// <summary>What can happen to bytes.</summary>
internal static class Damage
{
    /// <summary>A random damage of any kind, once.</summary>
    internal static byte[] Any(byte[] whole, Random random) => random.Next(4) switch
    {
        0 => whole[..random.Next(whole.Length)],                                                    // cut at the end
        1 => Without(whole, random),
        2 => [.. whole, .. Bytes(random, random.Next(1, 200))],                                     // something appended
        _ => InPlace(whole, random),
    };

    /// <summary>A random damage that keeps the length.</summary>
    internal static byte[] InPlace(byte[] whole, Random random)
    {
        byte[] damaged = [.. whole];
        int place = random.Next(whole.Length), length = random.Next(1, Math.Min(64, whole.Length - place) + 1);
        switch (random.Next(4))
        {
            case 0:
                damaged[place] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                damaged.AsSpan(place, length).Clear();
                break;
            case 2:
                Bytes(random, length).CopyTo(damaged, place);
                break;
            default:        // two ranges change places
                int other = random.Next(whole.Length - length + 1);
                whole.AsSpan(other, length).CopyTo(damaged.AsSpan(place));
                whole.AsSpan(place, length).CopyTo(damaged.AsSpan(other));
                break;
        }
        return damaged;
    }

    private static byte[] Without(byte[] whole, Random random)
    {
        int place = random.Next(whole.Length), length = random.Next(1, Math.Min(64, whole.Length - place) + 1);
        return [.. whole[..place], .. whole[(place + length)..]];
    }

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
