using AutoGraph.Core.Snapshots;
using CsCheck;
using Xunit;

namespace AutoGraph.Managed.Tests.Snapshots;

public sealed class SharedRowsTests
{
    [Fact]
    public void Changes_Any_GiveANewTableAndLeaveAllEarlierOnesAsTheyWere() =>
        Gen.Select(Gen.Int[0, 3], Gen.Select(Gen.Bool, Gen.Int[0, 700]).Array[1, 12]).Sample((width, steps) =>
        {
            var versions = new List<(SharedRows<int> Table, int[][] Rows)> { (SharedRows<int>.Empty(width), []) };
            int value = 0;
            foreach (var (appends, number) in steps)
            {
                var (table, rows) = versions[^1];
                if (appends)
                {
                    int[][] more = [.. Enumerable.Range(0, number).Select(_ => Row())];
                    versions.Add((table.Append([.. more.SelectMany(row => row)], number), [.. rows, .. more]));
                }
                else if (rows.Length > 0)
                {
                    int[][] changed = [.. rows];
                    changed[number % rows.Length] = Row();
                    versions.Add((table.With(number % rows.Length, changed[number % rows.Length]), changed));
                }
            }
            foreach (var (table, rows) in versions)
            {
                Assert.Equal(rows.Length, table.Count);
                for (int row = 0; row < rows.Length; row++) Assert.Equal(rows[row], table[row].ToArray());
                var chunks = Enumerable.Range(0, table.ChunkCount).Select(table.Chunk).ToArray();
                Assert.Equal(rows.SelectMany(row => row), chunks.SelectMany(chunk => chunk.Rows.ToArray()));
                Assert.All(chunks, chunk => Assert.Equal(chunk.Rows.ToArray(), rows.Skip(chunk.First).SelectMany(row => row).Take(chunk.Rows.Length)));
            }

            int[] Row() => [.. Enumerable.Range(0, width).Select(_ => value++)];
        }, iter: 200);

    [Fact]
    public void Append_ManyRows_ReachesTheSecondNode()
    {
        var table = SharedRows<int>.Of([.. Enumerable.Range(0, 70_000)], 70_000, 1).Append([70_000]).With(3, [-1]);
        Assert.Equal([70_000, 69_999, 65_536, 65_535, -1], (int[])[table[70_000][0], table[69_999][0], table[65_536][0], table[65_535][0], table[3][0]]);
    }

    [Fact]
    public void Append_OneRow_SharesAllChunksButTheLast()
    {
        var table = SharedRows<int>.Of([.. Enumerable.Range(0, 1000)], 1000, 1);
        var more = table.Append([1000]);
        for (int chunk = 0; chunk < table.ChunkCount - 1; chunk++)
            Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(table.Chunk(chunk).Rows, out var a) && System.Runtime.InteropServices.MemoryMarshal.TryGetArray(more.Chunk(chunk).Rows, out var b) && ReferenceEquals(a.Array, b.Array));
    }

    [Fact]
    public void Append_TwiceToOneTable_GivesTwoTables()
    {
        var table = SharedRows<int>.Of([10, 11], 2, 1);
        SharedRows<int> one = table.Append([1]), other = table.Append([2]);
        Assert.Equal([1, 2], (int[])[one[2][0], other[2][0]]);
        SharedRows<int> changed = table.With(0, [7]), again = table.With(0, [8]);
        Assert.Equal([10, 7, 8], (int[])[table[0][0], changed[0][0], again[0][0]]);
    }

    /// <summary>Some 4,096 values in 16 to 256 rows.</summary>
    [Theory]
    [InlineData(0, 256)]
    [InlineData(1, 256)]
    [InlineData(64, 64)]
    [InlineData(1000, 16)]
    public void Chunks_OfAnyWidth_HoldSoManyRows(int width, int rows)
    {
        Assert.Equal(1, SharedRows<byte>.Of(new byte[rows * width], rows, width).ChunkCount);
        var more = SharedRows<byte>.Of(new byte[(rows + 1) * width], rows + 1, width);
        Assert.Equal((2, rows), (more.ChunkCount, more.Chunk(1).First));
    }

    [Fact]
    public void Rows_OutOfRangeOrOfAnotherWidth_AreRefused()
    {
        var table = SharedRows<int>.Of([1, 2, 3, 4], 2, 2);
        Assert.Throws<ArgumentOutOfRangeException>(() => table[2].Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => table[-1].Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => table.With(2, [1, 2]));
        Assert.Contains("Expected 1 rows of 2 values, found 1", Assert.Throws<ArgumentException>(() => table.With(0, [1])).Message, StringComparison.Ordinal);
        Assert.Contains("Expected 1 rows of 2 values, found 3", Assert.Throws<ArgumentException>(() => table.Append([1, 2, 3])).Message, StringComparison.Ordinal);
    }
}
