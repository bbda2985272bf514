using AutoGraph.Core.Retrieval;
using AutoGraph.Core.Snapshots;
using CsCheck;
using Xunit;

namespace AutoGraph.Managed.Tests.Retrieval;

public sealed class InvertedFileTests
{
    private static readonly Func<int, bool> All = _ => true;

    [Fact]
    public void Search_OneProbe_FindsTheBestOfTheCellWhoseCentroidScoresBest()
    {
        // cells of keys 7 and 9: centroids (1, 0) and (0, 2); the second holds the vector that would win for the query (2, 1)
        var index = Build(2, [7, 7, 9, 9], 1, 1, 1, -1, -3, 2, 3, 2);
        Assert.Equal([new(0, 3f), new(1, 1f)], index.Search([2, 1], 2, probes: 1, All));                   // 2·1 + 1·0 = 2 against 2·0 + 1·2 = 2: the cell made first
        Assert.Equal([new(3, 8f), new(0, 3f)], index.Search([2, 1], 2, probes: 2, All));
        Assert.Equal([new(3, 2f), new(2, 2f)], index.Search([0, 1], 2, probes: 1, All).OrderByDescending(item => item.Position));
        Assert.Equal([2, 3], index.Search([0, 1], 2, 1, All).Select(item => item.Position));               // a tie: the lower position first
    }

    [Fact]
    public void Search_FewerInTheBestCellThanWanted_GoesOnUntilThereAreEnough()
    {
        var index = Build(1, [0, 0, 1, 2], 5, 4, 1, -1);
        Assert.Equal([0, 1, 2], index.Search([1], 3, 1, All).Select(item => item.Position));
        Assert.Equal([2, 3], index.Search([1], 9, 1, position => position > 1).Select(item => item.Position));
        Assert.Equal([1, 2], index.Search([1], 2, 1, All, [0]).Select(item => item.Position));
        Assert.Empty(index.Search([1], 0, 1, All));
    }

    [Fact]
    public void Changes_AnyThenAllCellsProbed_AreWhatExactSearchGivesAndLeaveEarlierOnesAsTheyWere() =>
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 2], Gen.Int[0, 9999], Gen.Int[1, 40]).Sample((width, queries, seed, steps) =>
        {
            var random = new Random(seed);
            var vectors = SharedRows<float>.Of(Values(width * 30), 30, width);
            var versions = new List<(InvertedFile Index, SharedRows<float> Vectors)> { (InvertedFile.Build(vectors, [.. Enumerable.Range(0, 30).Select(_ => (long)random.Next(5))]), vectors) };
            for (int step = 0; step < steps; step++)
            {
                var (index, all) = versions[^1];
                int position = random.Next(2) == 0 ? all.Count : random.Next(all.Count);
                float[] vector = Values(width);
                versions.Add((index.Put(position, vector, random.Next(3) == 0 ? null : random.Next(8)), position == all.Count ? all.Append(vector) : all.With(position, vector)));
            }
            foreach (var (index, all) in versions)
            {
                float[] query = Values(width * queries);
                var (parity, count) = (random.Next(2), random.Next(1, 12));
                int[] excluded = [random.Next(all.Count), random.Next(all.Count)];
                float[] scores = [.. Enumerable.Range(0, all.Count).Select(position => Enumerable.Range(0, queries).Max(q => Dot(query.AsSpan(q * width, width), all[position])))];
                Assert.Equal(TopK.Select(scores, count, position => position % 2 == parity, excluded), index.Search(query, count, index.CellCount, position => position % 2 == parity, excluded));
            }

            // small whole numbers: many ties, no rounding
            float[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.Next(-3, 4))];
        }, iter: 100);

    [Fact]
    public void Put_WithoutAKey_JoinsTheCellOfTheNearestCentroid()
    {
        var index = Build(1, [0, 0, 1], 0, 2, 10).Put(3, [7], key: null).Put(4, [-5], key: null);
        Assert.Equal([3, 2], index.Search([-1], 2, 1, position => position is 2 or 3).Select(item => item.Position));
        Assert.Equal([2, 3], index.Search([1], 2, 1, All).Select(item => item.Position));
        Assert.Equal([4, 0, 1], index.Search([-1], 3, 1, All).Select(item => item.Position));
        Assert.Equal(2, index.CellCount);
    }

    [Fact]
    public void Put_IntoACellOfManySegments_KeepsAll()
    {
        int count = 3 * InvertedFile.SegmentRows + 1;
        var index = Build(1, new long[count], [.. Enumerable.Range(0, count).Select(value => (float)value)]);
        var changed = index.Put(count, [count], 0).Put(5, [-1], 0).Put(InvertedFile.SegmentRows, [1e6f], 0);
        Assert.Equal([InvertedFile.SegmentRows, count, count - 1], changed.Search([1], 3, 1, All).Select(item => item.Position));
        Assert.Equal(count + 1, changed.Search([1], int.MaxValue, 1, All).Select(item => item.Position).Distinct().Count());
        Assert.Equal([count - 1, count - 2], index.Search([1], 2, 1, All).Select(item => item.Position));
    }

    [Fact]
    public void BadRows_AreNamed()
    {
        Assert.Contains("found 1", Assert.Throws<ArgumentException>(() => Build(1, [0], 1, 2)).Message, StringComparison.Ordinal);
        Assert.Contains("found NaN", Assert.Throws<ArgumentException>(() => Build(1, [0, 0], 1, float.NaN).Search([1], 1, 1, All)).Message, StringComparison.Ordinal);
        Assert.Contains("Expected a vector of 1 values, found 2", Assert.Throws<ArgumentException>(() => Build(1, [0], 1).Put(1, [1, 2], 0)).Message, StringComparison.Ordinal);
    }

    private static InvertedFile Build(int width, long[] keys, params float[] vectors) => InvertedFile.Build(SharedRows<float>.Of(vectors, vectors.Length / width, width), keys);

    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        float sum = 0;
        for (int d = 0; d < a.Length; d++) sum += a[d] * b[d];
        return sum;
    }
}
