using AutoGraph.TestKit;
using Microsoft.ML;
using Microsoft.ML.Data;
using Parquet;
using Parquet.Serialization;
using Xunit;

namespace AutoGraph.Managed.Tests.Exports;

public sealed class SaveAsParquetTests
{
    private static readonly MLContext Context = new(seed: 1);

    [Theory, InlineData(1), InlineData(3), InlineData(1000)]
    public async Task SaveAsParquet_EveryKindOfColumn_ReadsBackTheSameInRowGroups(int rowGroupRows)
    {
        using var folder = new TempFolder();
        Row[] rows = [.. Enumerable.Range(0, 7).Select(i => new Row
        {
            Text = i == 2 ? "" : $"söme {i}", Truth = i % 2 == 0, Single = i == 3 ? float.NaN : i / 3f, Double = -i, Whole = i - 3, Long = long.MaxValue - i, Byte = (byte)i,
            Time = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddDays(i), Vector = [i, -1, 0], Codes = [.. Enumerable.Range(0, i % 3)], Words = [.. Enumerable.Repeat("w", i % 3)],
        })];
        Assert.Equal(7, Context.Data.SaveAsParquet(Context.Data.LoadFromEnumerable(rows), folder.File("rows.parquet"), new() { RowGroupRows = rowGroupRows }));

        await using (var reader = await ParquetReader.CreateAsync(folder.File("rows.parquet"), cancellationToken: TestContext.Current.CancellationToken))
            Assert.Equal((7 + rowGroupRows - 1) / rowGroupRows, reader.RowGroupCount);
        var read = await ReadAsync<Read>(folder.File("rows.parquet"));
        Assert.Equal(rows.Length, read.Count);
        foreach (var (expected, found) in rows.Zip(read))
        {
            Assert.Equal((expected.Text, expected.Truth, expected.Single, expected.Double, expected.Whole, expected.Long), (found.Text, found.Truth, found.Single, found.Double, found.Whole, found.Long));
            Assert.Equal((expected.Byte, expected.Time), (found.Byte, found.Time));
            Assert.Equal(expected.Vector, found.Vector);
            Assert.Equal(expected.Codes, found.Codes);
            Assert.Equal(expected.Words, found.Words);
        }
        Assert.Equal(["rows.parquet"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task SaveAsParquet_NoRows_IsAFileWithoutRows()
    {
        using var folder = new TempFolder();
        Assert.Equal(0, Context.Data.SaveAsParquet(Context.Data.LoadFromEnumerable(Array.Empty<Row>()), folder.File("none.parquet")));
        Assert.Empty(await ReadAsync<Read>(folder.File("none.parquet")));
    }

    [Fact]
    public void SaveAsParquet_RowsThatFail_KeepTheOldFile()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("old"), "old");
        var failing = Context.Data.LoadFromEnumerable(Enumerable.Range(0, 10).Select(i => i < 5 ? new Row() : throw new InvalidOperationException("the sixth row")));
        Assert.Contains("the sixth row", Assert.ThrowsAny<Exception>(() => Context.Data.SaveAsParquet(failing, folder.File("old"), new() { RowGroupRows = 2 })).ToString(), StringComparison.Ordinal);
        using var stopped = new CancellationTokenSource();
        var stopping = Context.Data.LoadFromEnumerable(Enumerable.Range(0, 10).Select(i =>
        {
            if (i == 3) stopped.Cancel();
            return new Row();
        }));
        Assert.ThrowsAny<OperationCanceledException>(() => Context.Data.SaveAsParquet(stopping, folder.File("old"), new() { RowGroupRows = 2, CancellationToken = stopped.Token }));
        Assert.Equal("old", File.ReadAllText(folder.File("old")));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void SaveAsParquet_KeysAndBadOptions_SayWhatToDo()
    {
        var view = Context.Data.LoadFromEnumerable([new Row { Text = "a" }]);
        var keys = Context.Transforms.Conversion.MapValueToKey("Text").Fit(view).Transform(view);
        Assert.Contains("'Text'", Assert.Throws<ArgumentException>(() => Context.Data.SaveAsParquet(keys, "keys.parquet")).Message, StringComparison.Ordinal);
        Assert.Contains("RowGroupRows", Assert.Throws<ArgumentException>(() => Context.Data.SaveAsParquet(view, "rows.parquet", new() { RowGroupRows = 0 })).Message, StringComparison.Ordinal);
        Assert.False(File.Exists("keys.parquet") || File.Exists("rows.parquet"));
    }

    private static async Task<IList<T>> ReadAsync<T>(string path) where T : class, new()
    {
        using var stream = File.OpenRead(path);
        return (await ParquetSerializer.DeserializeAsync<T>(stream, cancellationToken: TestContext.Current.CancellationToken)).Data;
    }

    private class Scalars
    {
        public string Text { get; set; } = "";
        public bool Truth { get; set; }
        public float Single { get; set; }
        public double Double { get; set; }
        public int Whole { get; set; }
        public long Long { get; set; }
        public byte Byte { get; set; }
        public DateTime Time { get; set; }
    }

    private sealed class Row : Scalars
    {
        [VectorType(3)] public float[] Vector { get; set; } = [0, 0, 0];
        public int[] Codes { get; set; } = [];
        public string[] Words { get; set; } = [];
    }

    // lists as the library's own deserializer takes them
    private sealed class Read : Scalars
    {
        public List<float> Vector { get; set; } = [];
        public List<int> Codes { get; set; } = [];
        public List<string> Words { get; set; } = [];
    }
}
