using AutoGraph.Core.Retrieval;
using AutoGraph.Core.Snapshots;
using CsCheck;
using Xunit;

namespace AutoGraph.Managed.Tests.Retrieval;

public sealed class ExactSearchTests
{
    // few values, so that scores tie often
    private static readonly Gen<float> Value = Gen.Int[-2, 2].Select(value => value / 2f);

    [Fact]
    public void Best_AnyTable_IsAStableSortOfAllScores() =>
        Gen.Select(Gen.Int[0, 900], Gen.Int[1, 40], Gen.Int[1, 2], Gen.Int[0, 30], Gen.Int[0, 900].Array[0, 20], Gen.Int).Sample((rows, width, queryCount, count, excluded, seed) =>
        {
            var random = new Random(seed);
            var (values, queries) = (Values(rows * width), Values(queryCount * width));
            var table = SharedRows<float>.Of(values, rows, width);
            var scores = ExactSearch.Scores(table, queries);
            for (int row = 0; row < rows; row++)        // halves: exact in any order
                Assert.Equal(Enumerable.Range(0, queryCount).Max(query => Enumerable.Range(0, width).Sum(d => values[row * width + d] * queries[query * width + d])), scores[row]);
            int[] expected = [.. Enumerable.Range(0, rows).Where(row => row % 3 != 1).Except(excluded).OrderByDescending(row => scores[row]).Take(count)];
            var best = ExactSearch.Best(table, queries, count, row => row % 3 != 1, excluded);
            Assert.Equal(expected, best.Select(item => item.Position));
            Assert.All(best, item => Assert.Equal(scores[item.Position], item.Score));

            float[] Values(int length) => [.. Enumerable.Range(0, length).Select(_ => random.Next(-2, 3) / 2f)];
        }, iter: 300);

    [Fact]
    public void Best_ManyRequests_AreThoseOfEachAlone() =>
        Gen.Select(Value.Array[7 * 300], Value.Array[2 * 7 * 5]).Sample((values, queries) =>
        {
            var table = SharedRows<float>.Of(values, 300, 7);
            BestItems[] best = [.. Enumerable.Range(0, 5).Select(request => new BestItems(request * 4, row => row % 2 == 0, [request]))];
            ExactSearch.Best(table, queries, best);
            for (int request = 0; request < 5; request++)
                Assert.Equal(ExactSearch.Best(table, queries.AsSpan(request * 14, 14), request * 4, row => row % 2 == 0, [request]), best[request].Sorted());
        }, iter: 50);

    [Fact]
    public void Best_WhichRowsAreAskedFor_AreThoseThatWouldCome()
    {
        var asked = new List<int>();
        var table = SharedRows<float>.Of([.. Enumerable.Range(0, 1000).Select(row => row < 500 ? row : 999f - row)], 1000, 1);
        ExactSearch.Best(table, [-1f], 1, row =>
        {
            asked.Add(row);
            return row > 0;
        });
        Assert.Equal([0, 1, 999], asked);       // scores 0, -1, …, -499, -499, …, 0
    }

    [Fact]
    public void Best_NaN_NamesThePosition()
    {
        var values = new float[2 * 700];
        values[2 * 613] = float.NaN;
        Assert.Contains("position 613", Assert.Throws<ArgumentException>(() => ExactSearch.Best(SharedRows<float>.Of(values, 700, 2), [1, 1], 3, _ => true)).Message, StringComparison.Ordinal);
    }
}
