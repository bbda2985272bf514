using AutoGraph.Core.Randomness;
using CsCheck;
using Xunit;

namespace AutoGraph.Managed.Tests.Randomness;

public class RandomStreamTests
{
    /// <summary>The reference values of SplitMix64 for seed 1234567 (Vigna's splitmix64.c; Rosetta Code lists them).</summary>
    [Fact]
    public void NextBits_PublishedSeed_GivesPublishedValues()
    {
        var random = new RandomStream(1234567);
        ulong[] values = [random.NextBits(), random.NextBits(), random.NextBits(), random.NextBits(), random.NextBits()];
        Assert.Equal([6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821], values);
    }

    /// <summary>Splits, negatives and first weights depend on these values; computed by another program (whole numbers of any size, in Python).</summary>
    [Fact]
    public void ForAndForKey_SeedAndPurpose_GiveTheSameStreamsInAllVersions()
    {
        var purpose = RandomStream.For(7, "negatives", 3);
        Assert.Equal([17196743468325544067, 9007677748249476858], new[] { purpose.NextBits(), purpose.NextBits() });
        Assert.Equal(2626390958267476251UL, RandomStream.For(-1, "a").NextBits());
        var pair = RandomStream.ForKey(7, 5UL << 32 | 9);
        Assert.Equal([8927025656306669533, 3168471617172726396], new[] { pair.NextBits(), pair.NextBits() });
        Assert.Equal(6457827717110365317 / 2048 / Math.Pow(2, 53), new RandomStream(1234567).NextDouble());
    }

    [Fact]
    public void Shuffle_FiveValues_DrawsFourTimes()
    {
        var (random, other) = (RandomStream.For(1, "orders"), RandomStream.For(1, "orders"));
        random.Shuffle([1, 2, 3, 4, 5]);
        for (int draw = 0; draw < 4; draw++) other.NextBits();
        Assert.Equal(other.NextBits(), random.NextBits());
    }

    [Fact]
    public void NextInt_ManyDraws_InRangeAndUniform()
    {
        var random = RandomStream.For(3, "test");
        var counts = new int[7];
        for (int i = 0; i < 70_000; i++) counts[random.NextInt(7)]++;
        Assert.All(counts, count => Assert.InRange(count, 9_500, 10_500));   // 5 standard deviations
    }

    [Fact]
    public void NextInt_BoundOne_IsZeroAndBoundMaximal_StaysInRange()
    {
        var random = RandomStream.For(3, "test");
        for (int i = 0; i < 1000; i++)
        {
            Assert.Equal(0, random.NextInt(1));
            Assert.InRange(random.NextInt(int.MaxValue), 0, int.MaxValue - 1);
            Assert.InRange(random.NextDouble(), 0, 1 - 1e-16);
        }
    }

    [Fact]
    public void Shuffle_AnyValues_IsAPermutation() => Gen.Int.Array[0, 50].Sample(values =>
    {
        var random = RandomStream.For(values.Length, "shuffle");
        var shuffled = values.ToArray();
        random.Shuffle(shuffled);
        Assert.Equal(values.Order(), shuffled.Order());
    });

    [Fact]
    public void Shuffle_ThreeValues_AllOrdersEquallyOften()
    {
        var random = RandomStream.For(1, "orders");
        var orders = new Dictionary<int, int>();
        for (int i = 0; i < 60_000; i++)
        {
            int[] values = [1, 2, 3];
            random.Shuffle(values);
            int key = 100 * values[0] + 10 * values[1] + values[2];
            orders[key] = orders.GetValueOrDefault(key) + 1;
        }
        Assert.Equal(6, orders.Count);
        Assert.All(orders.Values, count => Assert.InRange(count, 9_500, 10_500));
    }

    [Fact]
    public void Cycle_TwoOrMoreValues_LeavesNoneInItsPlace() => Gen.Int[2, 40].Sample(count =>
    {
        int[] values = [.. Enumerable.Range(0, count)];
        var random = RandomStream.For(count, "cycle");
        random.Cycle(values);
        Assert.Equal(Enumerable.Range(0, count), values.Order());
        Assert.All(values.Index(), pair => Assert.NotEqual(pair.Index, pair.Item));
    });

    [Fact]
    public void Hash_Texts_DependsOnEveryCharacterItsPlaceAndTheStart()
    {
        ulong[] hashes = [RandomStream.Hash(""), RandomStream.Hash("a"), RandomStream.Hash("ab"), RandomStream.Hash("ba"), RandomStream.Hash("b", RandomStream.Hash("a")), RandomStream.Hash("\0"), RandomStream.Hash("\0\0")];
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
        Assert.Equal(14926196038213403400, RandomStream.Hash("autograph"));       // in every process and on every machine
    }

    [Fact]
    public void For_SeedPurposeOrNumberChanges_GivesAnotherStream()
    {
        RandomStream[] streams = [RandomStream.For(1, "a"), RandomStream.For(2, "a"), RandomStream.For(1, "b"), RandomStream.For(1, "a", 1), RandomStream.For(1, "ab"), RandomStream.For(1, "ba"), RandomStream.For(-1, "a")];
        Assert.Equal(streams.Length, streams.Select(stream => stream.NextBits()).Distinct().Count());
        Assert.Equal(RandomStream.For(1, "a", 5).NextBits(), RandomStream.For(1, "a", 5).NextBits());
    }
}
