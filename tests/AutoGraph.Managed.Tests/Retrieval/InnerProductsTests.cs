using AutoGraph.Core.Retrieval;
using CsCheck;
using Xunit;

namespace AutoGraph.Managed.Tests.Retrieval;

public sealed class InnerProductsTests
{
    [Fact]
    public void Max_TwoQueries_TakesTheGreaterProduct()
    {
        var scores = new float[3];
        InnerProducts.Max([1, 2, -3, 0, 0.5f, 4], [1, 1, -2, 0.5f], 2, scores);
        Assert.Equal([3f, 6f, 4.5f], scores);       // 3 and -1; -3 and 6; 4.5 and 1
    }

    [Fact]
    public void Max_AnyShape_AgreesWithDoubles() =>
        Gen.Select(Gen.Int[0, 600], Gen.Int[1, 70], Gen.Int[1, 3], Gen.Int).Sample((rows, width, count, seed) =>
        {
            var (table, queries) = (Random(rows * width, seed), Random(count * width, seed + 1));
            var scores = new float[rows];
            InnerProducts.Max(table, queries, width, scores);
            for (int row = 0; row < rows; row++)
            {
                double expected = Enumerable.Range(0, count).Max(query => Enumerable.Range(0, width).Sum(d => (double)table[row * width + d] * queries[query * width + d]));
                Assert.Equal(expected, scores[row], 1e-4);
            }
        }, iter: 200);

    [Theory, InlineData(1), InlineData(8), InlineData(24), InlineData(30), InlineData(32), InlineData(64)]
    public void Max_ARowAtAnyPlace_HasTheSameBits(int width)
    {
        var (row, queries) = (Random(width, 1), Random(2 * width, 2));
        var expected = new float[1];
        InnerProducts.Max(row, queries, width, expected);
        for (int place = 0; place < 40; place++)
        {
            var table = Random(41 * width, place);
            row.CopyTo(table, place * width);
            var scores = new float[41];
            InnerProducts.Max(table, queries, width, scores);
            Assert.Equal(expected[0], scores[place]);
            InnerProducts.Max(table.AsSpan(place * width), queries, width, scores.AsSpan(0, 41 - place));
            Assert.Equal(expected[0], scores[0]);
        }
    }

    [Fact]
    public void Max_ValuesThatAreNoRows_AreRefused()
    {
        Assert.Contains("Expected 2 rows", Assert.Throws<ArgumentException>(() => InnerProducts.Max(new float[5], new float[3], 3, new float[2])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => InnerProducts.Max(new float[6], [], 3, new float[2]));
        Assert.Throws<ArgumentException>(() => InnerProducts.Max(new float[6], new float[4], 3, new float[2]));
    }

    private static float[] Random(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }
}
