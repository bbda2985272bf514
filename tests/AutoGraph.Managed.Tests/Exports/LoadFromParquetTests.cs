using AutoGraph.TestKit;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Managed.Tests.Exports;

public sealed class LoadFromParquetTests
{
    private static readonly MLContext Context = new(seed: 1);

    [Theory, InlineData(1), InlineData(3), InlineData(1000)]
    public void LoadFromParquet_EveryKindOfColumn_IsWhatWasSaved(int rowGroupRows)
    {
        using var folder = new TempFolder();
        Row[] rows = [.. Enumerable.Range(0, 10).Select(i => new Row
        {
            Text = i == 2 ? "" : $"söme 三 🎬 {i}", Truth = i % 2 == 0, SByte = (sbyte)-i, Byte = (byte)(250 + i % 6), Short = (short)(i * -3000), UShort = (ushort)(i * 7000), Int = int.MinValue + i, UInt = uint.MaxValue - (uint)i,
            Long = long.MaxValue - i, ULong = ulong.MaxValue - (ulong)i, Single = i == 3 ? float.NaN : i / 3f, Double = i == 4 ? double.NaN : -i / 3d, Time = new DateTime(1969, 12, 30, 3, 4, 5, DateTimeKind.Utc).AddDays(i).AddTicks(10 * i),
            Known = [i, float.NaN, 0, -1], Numbers = [.. Enumerable.Range(0, i % 3).Select(j => i * j)], Doubles = [.. Enumerable.Repeat(double.NaN, i % 2)], Words = [.. Enumerable.Range(0, i % 4).Select(j => j == 1 ? "" : $"wörd {j}")],
            Truths = [.. Enumerable.Range(0, i % 3).Select(j => j == 1)],
        })];
        Context.Data.SaveAsParquet(Context.Data.LoadFromEnumerable(rows), folder.File("rows.parquet"), new() { RowGroupRows = rowGroupRows });

        var view = Context.Data.LoadFromParquet(folder.File("rows.parquet"));
        Assert.Equal(10, view.GetRowCount());
        Assert.False(view.CanShuffle);
        Assert.Equal(["Vector<Single, 4>", "Vector<Int32>", "Vector<String>"], new[] { "Known", "Numbers", "Words" }.Select(name => view.Schema[name].Type.ToString()));
        Row[] read = [.. Context.Data.CreateEnumerable<Row>(view, reuseRowObject: false)];
        Assert.Equal(rows.Length, read.Length);
        foreach (var (expected, found) in rows.Zip(read))
        {
            foreach (var property in typeof(Row).GetProperties()) Assert.Equal(property.GetValue(expected), property.GetValue(found));
            Assert.Equal(DateTimeKind.Utc, found.Time.Kind);
        }
    }

    [Fact]
    public void LoadFromParquet_NoRows_IsAViewWithoutRowsThatKeepsItsSizes()
    {
        using var folder = new TempFolder();
        Context.Data.SaveAsParquet(Context.Data.LoadFromEnumerable(Array.Empty<Row>()), folder.File("none.parquet"));
        var view = Context.Data.LoadFromParquet(folder.File("none.parquet"));
        Assert.Equal(0, view.GetRowCount());
        Assert.Empty(Context.Data.CreateEnumerable<Row>(view, reuseRowObject: false));
        Assert.Equal(4, Assert.IsType<VectorDataViewType>(view.Schema["Known"].Type).Size);
    }

    [Fact]
    public void LoadFromParquet_AVectorThatIsShorterThanItsType_WasSavedWithoutASize()
    {
        using var folder = new TempFolder();
        // MapValue gives an empty vector for a key that it does not know
        var map = Context.Data.LoadFromEnumerable([new Entry { Id = "a", Vector = [1, 2] }]);
        var rows = Context.Data.LoadFromEnumerable([new Entry { Id = "a" }, new Entry { Id = "b" }]);
        var mapped = Context.Transforms.Conversion.MapValue("Mapped", map, map.Schema["Id"], map.Schema["Vector"], "Id").Fit(rows).Transform(rows);
        Assert.Equal(2, Assert.IsType<VectorDataViewType>(mapped.Schema["Mapped"].Type).Size);
        Context.Data.SaveAsParquet(mapped, folder.File("mapped.parquet"));
        var view = Context.Data.LoadFromParquet(folder.File("mapped.parquet"), new() { Columns = ["Mapped"] });
        Assert.False(Assert.IsType<VectorDataViewType>(view.Schema["Mapped"].Type).IsKnownSize);
        Assert.Equal([[1, 2], []], view.GetColumn<float[]>("Mapped"));
    }

    [Fact]
    public void LoadFromParquet_AsInputOfAPipeline_Trains()
    {
        using var folder = new TempFolder();
        var view = Context.Data.LoadFromEnumerable(Enumerable.Range(0, 200).Select(i => new Example { Features = [i % 7, i % 3, 1], Label = i % 7 > 3 }));
        Context.Data.SaveAsParquet(view, folder.File("train.parquet"), new() { RowGroupRows = 30 });
        var loaded = Context.Data.LoadFromParquet(folder.File("train.parquet"));
        foreach (var input in (IDataView[])[loaded, Context.Data.Cache(loaded), Context.Data.ShuffleRows(loaded, seed: 1)])
        {
            var model = Context.Transforms.NormalizeMinMax("Features").Append(Context.BinaryClassification.Trainers.LbfgsLogisticRegression()).Fit(input);
            Assert.Equal(1, Context.BinaryClassification.Evaluate(model.Transform(loaded)).AreaUnderRocCurve, 1e-6);
        }
        Assert.Equal(loaded.GetColumn<bool>("Label"), Context.Data.Cache(loaded).GetColumn<bool>("Label"));
    }

    [Fact]
    public void LoadFromParquet_SeveralCursors_AreIndependent()
    {
        using var folder = new TempFolder();
        Context.Data.SaveAsParquet(Entries(10), folder.File("rows.parquet"), new() { RowGroupRows = 4 });
        var view = Context.Data.LoadFromParquet(folder.File("rows.parquet"));
        using var first = view.GetRowCursor([view.Schema["Id"]]);
        using var second = Assert.Single(view.GetRowCursorSet([view.Schema["Id"]], 4));
        var (firstId, secondId) = (first.GetGetter<ReadOnlyMemory<char>>(view.Schema["Id"]), second.GetGetter<ReadOnlyMemory<char>>(view.Schema["Id"]));
        var row = first.GetIdGetter();
        ReadOnlyMemory<char> value = default;
        DataViewRowId id = default;
        Assert.Throws<InvalidOperationException>(() => firstId(ref value));
        for (int i = 0; i < 10; i++)
        {
            Assert.True(first.MoveNext());
            if (i % 2 == 0) Assert.True(second.MoveNext());
            firstId(ref value);
            Assert.Equal($"e{i}", value.ToString());
            secondId(ref value);
            Assert.Equal($"e{i / 2}", value.ToString());
            row(ref id);
            Assert.Equal((i, new DataViewRowId((ulong)i, 0)), (first.Position, id));
        }
        Assert.False(first.MoveNext());
        Assert.False(first.MoveNext());
        Assert.Equal(-1, first.Position);
        Assert.Throws<InvalidOperationException>(() => firstId(ref value));
        Assert.False(second.IsColumnActive(view.Schema["Vector"]));
        Assert.Throws<InvalidOperationException>(() => second.GetGetter<VBuffer<float>>(view.Schema["Vector"]));
        Assert.Throws<InvalidOperationException>(() => second.GetGetter<float>(view.Schema["Id"]));
    }

    [Fact]
    public void LoadFromParquet_Files_AreOpenWhileACursorReadsThem()
    {
        using var folder = new TempFolder();
        string path = folder.File("rows.parquet");
        Context.Data.SaveAsParquet(Entries(10), path, new() { RowGroupRows = 4 });
        var view = Context.Data.LoadFromParquet(path);
        Assert.False(IsOpen(path));
        using (var counting = view.GetRowCursor([]))
        {
            for (int i = 0; i < 10; i++) Assert.True(counting.MoveNext());
            Assert.False(IsOpen(path));     // rows are counted without reading
            Assert.False(counting.MoveNext());
        }
        var early = view.GetRowCursor(view.Schema);
        Assert.True(early.MoveNext());
        Assert.True(IsOpen(path));
        early.Dispose();
        Assert.False(IsOpen(path));
        Assert.False(early.MoveNext());
        using var whole = view.GetRowCursor(view.Schema);
        while (whole.MoveNext())
        {
        }
        Assert.False(IsOpen(path));
    }

    [Fact]
    public void LoadFromParquet_AFileWrittenAnewSince_IsRefused()
    {
        using var folder = new TempFolder();
        Context.Data.SaveAsParquet(Entries(10), folder.File("rows.parquet"));
        var view = Context.Data.LoadFromParquet(folder.File("rows.parquet"));
        Context.Data.SaveAsParquet(Entries(11), folder.File("rows.parquet"));
        Assert.Contains("Load it again", Assert.Throws<InvalidDataException>(() => view.GetColumn<string>("Id").Count()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadFromParquet_AFolder_ReadsItsFilesInOrdinalOrder()
    {
        using var folder = new TempFolder();
        foreach (var (name, from) in new[] { ("part-10", 4), ("part-2", 7), ("Part-9", 0), ("part-05", 2) })
            Context.Data.SaveAsParquet(Entries(2, from), folder.File(name + ".parquet"), new() { RowGroupRows = 1 });
        File.WriteAllText(folder.File("_SUCCESS"), "");
        Directory.CreateDirectory(folder.File("day=1"));
        File.WriteAllText(System.IO.Path.Combine(folder.File("day=1"), "other.parquet"), "no Parquet");
        var view = Context.Data.LoadFromParquet(folder.Path);
        Assert.Equal(8, view.GetRowCount());
        Assert.Equal(["e0", "e1", "e2", "e3", "e4", "e5", "e7", "e8"], view.GetColumn<string>("Id"));
    }

    private static IDataView Entries(int count, int from = 0) => Context.Data.LoadFromEnumerable(Enumerable.Range(from, count).Select(i => new Entry { Id = $"e{i}", Vector = [i, -i] }));

    // on Linux, a process's open files are the links of a folder
    private static bool IsOpen(string path) => OperatingSystem.IsLinux()
        ? Directory.GetFiles("/proc/self/fd").Any(link => new FileInfo(link).LinkTarget == path)
        : !TryOpenAlone(path);

    private static bool TryOpenAlone(string path)
    {
        try
        {
            using var alone = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private sealed class Entry
    {
        public string Id { get; set; } = "";
        [VectorType(2)] public float[] Vector { get; set; } = [0, 0];
    }

    private sealed class Example
    {
        [VectorType(3)] public float[] Features { get; set; } = [];
        public bool Label { get; set; }
    }

    private sealed class Row
    {
        public string Text { get; set; } = "";
        public bool Truth { get; set; }
        public sbyte SByte { get; set; }
        public byte Byte { get; set; }
        public short Short { get; set; }
        public ushort UShort { get; set; }
        public int Int { get; set; }
        public uint UInt { get; set; }
        public long Long { get; set; }
        public ulong ULong { get; set; }
        public float Single { get; set; }
        public double Double { get; set; }
        public DateTime Time { get; set; }
        [VectorType(4)] public float[] Known { get; set; } = [0, 0, 0, 0];
        public int[] Numbers { get; set; } = [];
        public double[] Doubles { get; set; } = [];
        public string[] Words { get; set; } = [];
        public bool[] Truths { get; set; } = [];
    }
}
