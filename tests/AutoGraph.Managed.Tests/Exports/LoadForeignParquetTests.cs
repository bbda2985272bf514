using AutoGraph.TestKit;
using Microsoft.ML;
using Microsoft.ML.Data;
using Parquet.Schema;
using Xunit;

namespace AutoGraph.Managed.Tests.Exports;

public sealed class LoadForeignParquetTests
{
    private static readonly MLContext Context = new(seed: 1);

    [Fact]
    public void LoadFromParquet_AFileOfArrow_HasItsValues()
    {
        using var folder = new TempFolder();
        string path = folder.File("arrow.parquet");
        File.WriteAllBytes(path, ForeignParquet.Arrow);
        var view = Context.Data.LoadFromParquet(path, new() { Columns = ["when", "half", "vector", "name", "id"] });
        Assert.Equal(["when", "half", "vector", "name", "id"], view.Schema.Select(column => column.Name));
        Assert.Equal([7, -8, 9], view.GetColumn<int>("id"));
        Assert.Equal(["söme", "", "三"], view.GetColumn<string>("name"));
        Assert.Equal([[1.5f, float.NaN, 3], [], []], view.GetColumn<float[]>("vector"));
        Assert.Equal([0.5f, -2, 65504], view.GetColumn<float>("half"));
        DateTime[] times = [.. view.GetColumn<DateTime>("when")];
        Assert.Equal([new(1969, 12, 31, 23, 59, 59, 999), new(2026, 1, 2, 3, 4, 5), new(2262, 1, 1)], times);
        Assert.All(times, time => Assert.Equal(DateTimeKind.Utc, time.Kind));

        // the library would read these two wrong
        var others = Context.Data.LoadFromParquet(path);
        Assert.Equal(3, others.GetRowCount());
        Assert.Contains("'flag' has the encoding RLE", Assert.Throws<InvalidDataException>(() => others.GetColumn<bool>("flag").Count()).Message, StringComparison.Ordinal);
        Assert.Contains("'word' has the encoding DELTA_BYTE_ARRAY", Assert.Throws<InvalidDataException>(() => others.GetColumn<string>("word").Count()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadFromParquet_NullableColumns_HaveNaNAndEmptyTexts()
    {
        using var folder = new TempFolder();
        string path = folder.File("nulls.parquet");
        await ForeignParquet.WriteAsync(path,
            [
                new DataField<float?>("Single"), new DataField<double?>("Double"), new DataField("Text", typeof(string)), new DataField("Bytes", typeof(byte[])), new DataField<int?>("Whole"),
                new DateTimeDataField("Day", DateTimeFormat.Date), new DateTimeDataField("Local", DateTimeFormat.Timestamp, isAdjustedToUTC: false, unit: DateTimeTimeUnit.Micros), new DateTimeDataField("Spark", DateTimeFormat.Impala),
            ],
            async (group, fields) =>
            {
                await group.WriteAsync<float>(fields[0], new float?[] { null, 1.5f, null });
                await group.WriteAsync<double>(fields[1], new double?[] { 2.5, null, 3 });
                await group.WriteAsync(fields[2], ["ä", null, ""]);
                await group.WriteAsync(fields[3], (byte[]?[])["é"u8.ToArray(), [], null]);
                await group.WriteAsync<int>(fields[4], new int?[] { 1, 2, 3 });
                for (int field = 5; field < 8; field++) await group.WriteAsync<DateTime>(fields[field], Enumerable.Range(1, 3).Select(day => new DateTime(2026, 3, day, 0, 0, 0, DateTimeKind.Utc)).ToArray());
            });
        var view = Context.Data.LoadFromParquet(path);
        Assert.Equal([float.NaN, 1.5f, float.NaN], view.GetColumn<float>("Single"));
        Assert.Equal([2.5, double.NaN, 3], view.GetColumn<double>("Double"));
        Assert.Equal(["ä", "", ""], view.GetColumn<string>("Text"));
        Assert.Equal(["é", "", ""], view.GetColumn<string>("Bytes"));
        Assert.Equal([1, 2, 3], view.GetColumn<int>("Whole"));
        foreach (var (name, kind) in new[] { ("Day", DateTimeKind.Unspecified), ("Local", DateTimeKind.Unspecified), ("Spark", DateTimeKind.Utc) })
            Assert.Equal([(new DateTime(2026, 3, 1), kind), (new DateTime(2026, 3, 2), kind), (new DateTime(2026, 3, 3), kind)], view.GetColumn<DateTime>(name).Select(time => (DateTime.SpecifyKind(time, default), time.Kind)));
    }

    [Fact]
    public async Task LoadFromParquet_ANullWithoutAValueForIt_NamesItsRow()
    {
        using var folder = new TempFolder();
        string path = folder.File("nulls.parquet");
        await ForeignParquet.WriteAsync(path, [new DataField<int?>("Whole"), new DataField<bool?>("Truth"), new DataField("Bytes", typeof(byte[])), new ListField("Codes", new DataField<long?>("element"))], async (group, fields) =>
        {
            await group.WriteAsync<int>(fields[0], new int?[] { 1, null, 3 });
            await group.WriteAsync<bool>(fields[1], new bool?[] { true, false, null });
            await group.WriteAsync(fields[2], (byte[][])[[65], [66], [0xC3, 0x28]]);
            await group.WriteAllPartsAsync<long>(fields[3], new long[] { 1, 2, 3 }, new[] { 3, 3, 1, 3, 2 }, new[] { 0, 1, 0, 0, 1 }, TestContext.Current.CancellationToken);
        });
        var view = Context.Data.LoadFromParquet(path);
        AssertSays<InvalidDataException>(() => Read<int>(view, "Whole"), $"'Whole' of row 1 of '{path}'", "found null", "leave the column out");
        AssertSays<InvalidDataException>(() => Read<bool>(view, "Truth"), "'Truth' of row 2");
        AssertSays<InvalidDataException>(() => Read<string>(view, "Bytes"), "UTF-8", "'Bytes' of row 2");
        AssertSays<InvalidDataException>(() => Read<long[]>(view, "Codes"), "'Codes' of row 2");
    }

    [Fact]
    public async Task LoadFromParquet_ListsOfUnknownSize_AreVariableUnlessTheOptionsSayTheSize()
    {
        using var folder = new TempFolder();
        string path = folder.File("lists.parquet");
        await ForeignParquet.WriteListsAsync(path, [[1, float.NaN, 3], [4, 5, 6], [7, 8], null, []]);
        var view = Context.Data.LoadFromParquet(path);
        Assert.False(Assert.IsType<VectorDataViewType>(view.Schema["Vector"].Type).IsKnownSize);
        Assert.Equal([[1, float.NaN, 3], [4, 5, 6], [7, 8], [], []], view.GetColumn<float[]>("Vector"));

        var sized = Context.Data.LoadFromParquet(path, new() { VectorSizes = new Dictionary<string, int> { ["Vector"] = 3 } });
        Assert.Equal(3, Assert.IsType<VectorDataViewType>(sized.Schema["Vector"].Type).Size);
        AssertSays<InvalidDataException>(() => Read<float[]>(sized, "Vector"), $"Expected 3 values in column 'Vector' of row 2 of '{path}', found 2.");
    }

    [Fact]
    public async Task LoadFromParquet_RepeatedValuesWithoutAListAroundThem_AreVectors()
    {
        using var folder = new TempFolder();
        string path = folder.File("old.parquet");       // as old writers of lists, and Protobuf's, do
        await ForeignParquet.WriteAsync(path, [new DataField("Codes", typeof(int), isNullable: false, isArray: true)], (group, fields) =>
            group.WriteAllPartsAsync<int>(fields[0], new[] { 1, 2, 3 }, new[] { 1, 1, 0, 1 }, new[] { 0, 1, 0, 0 }, TestContext.Current.CancellationToken));
        Assert.Equal([[1, 2], [], [3]], Context.Data.LoadFromParquet(path).GetColumn<int[]>("Codes"));
    }

    [Theory]
    [InlineData("""{"Vector":2,"Dropped":7}""", null)]
    [InlineData("""{"Vector":"2"}""", "JSON object")]
    [InlineData("""{"Vector":0}""", "JSON object")]
    [InlineData("""{"Vector":2,"Vector":3}""", "JSON object")]
    [InlineData("""{"Vector":2.5}""", "JSON object")]
    [InlineData("[2]", "JSON object")]
    [InlineData("{", "JSON object")]
    [InlineData("", "JSON object")]
    public async Task LoadFromParquet_ANoteOfSizes_IsTakenOrRefused(string note, string? problem)
    {
        using var folder = new TempFolder();
        string path = folder.File("noted.parquet");
        await ForeignParquet.WriteListsAsync(path, [[1, 2], [3, 4]], new() { ["AutoGraph.VectorSizes"] = note, ["pandas"] = "{}" });
        if (problem is not null) AssertSays<InvalidDataException>(() => Context.Data.LoadFromParquet(path), problem, path, "AutoGraph.VectorSizes");
        else
        {
            Assert.Equal("Vector<Single, 2>", Context.Data.LoadFromParquet(path).Schema["Vector"].Type.ToString());
            AssertSays<ArgumentException>(() => Context.Data.LoadFromParquet(path, new() { VectorSizes = new Dictionary<string, int> { ["Vector"] = 3 } }), "'Vector', 2, found 3");
        }
    }

    [Fact]
    public async Task LoadFromParquet_ColumnsThatAViewCannotHold_AreRefusedUnlessLeftOut()
    {
        using var folder = new TempFolder();
        string path = folder.File("wide.parquet");
        await ForeignParquet.WriteAsync(path,
            [
                new DataField<int>("Id"), new DecimalDataField("Price", 10, 2), new StructField("Place", new DataField<int>("X")), new MapField("Tags", new DataField("key", typeof(string), isNullable: false), new DataField<int>("value")),
                new ListField("Nested", new ListField("element", new DataField<int>("element"))), new ListField("Times", new DateTimeDataField("element", DateTimeFormat.DateAndTime)), new DataField<Guid>("Key"),
            ],
            async (group, fields) =>
            {
                await group.WriteAsync<int>(fields[0], new[] { 5 });
                await group.WriteAsync<decimal>(fields[1], new[] { 1.25m });
                await group.WriteAllPartsAsync<int>(fields[2], new[] { 1 }, new[] { fields[2].MaxDefinitionLevel }, null, TestContext.Current.CancellationToken);
                for (int field = 3; field < 7; field++)
                {
                    if (fields[field].ClrType == typeof(ReadOnlyMemory<char>)) await group.WriteAllPartsAsync<ReadOnlyMemory<char>>(fields[field], Array.Empty<ReadOnlyMemory<char>>(), new[] { 0 }, new[] { 0 }, TestContext.Current.CancellationToken);
                    else if (fields[field].ClrType == typeof(DateTime)) await group.WriteAllPartsAsync<DateTime>(fields[field], Array.Empty<DateTime>(), new[] { 0 }, new[] { 0 }, TestContext.Current.CancellationToken);
                    else await group.WriteAllPartsAsync<int>(fields[field], Array.Empty<int>(), new[] { 0 }, new[] { 0 }, TestContext.Current.CancellationToken);
                }
                await group.WriteAsync<Guid>(fields[7], new[] { Guid.Empty });
            });
        foreach (var (name, type) in new[] { ("Price", "a decimal"), ("Place", "a struct"), ("Tags", "a map"), ("Nested", "a list of which each element is a list"), ("Times", "a list of which each element is a time"), ("Key", "Guid") })
            AssertSays<ArgumentException>(() => Context.Data.LoadFromParquet(path, new() { Columns = ["Id", name] }), $"'{name}'", type, "Leave the column out");
        Assert.Throws<ArgumentException>(() => Context.Data.LoadFromParquet(path));
        Assert.Equal([5], Context.Data.LoadFromParquet(path, new() { Columns = ["Id"] }).GetColumn<int>("Id"));
    }

    [Fact]
    public async Task LoadFromParquet_BadOptions_SayWhatThereIs()
    {
        using var folder = new TempFolder();
        string path = folder.File("lists.parquet");
        await ForeignParquet.WriteListsAsync(path, [[1]]);
        AssertSays<ArgumentException>(() => Context.Data.LoadFromParquet(path, new() { Columns = ["vector"] }), "found 'vector'", "There is: 'Vector'");
        AssertSays<ArgumentException>(() => Context.Data.LoadFromParquet(path, new() { VectorSizes = new Dictionary<string, int> { ["Other"] = 1 } }), "found 'Other'", "There is: 'Vector'");
        AssertSays<ArgumentException>(() => Context.Data.LoadFromParquet(path, new() { Columns = ["a", "a"], VectorSizes = new Dictionary<string, int> { ["Vector"] = 0 } }), "'a' 2 times", "'Vector': expected 1 to");
        AssertSays<ArgumentException>(() => Context.Data.LoadFromParquet(path, new() { Columns = [] }), "at least one name");
        Assert.Throws<ArgumentNullException>(() => Context.Data.LoadFromParquet(null!));
    }

    [Fact]
    public async Task LoadFromParquet_FilesOfDifferentSchemas_AreRefusedBeforeAnyRow()
    {
        using var folder = new TempFolder();
        Field[] first = [new DataField<int>("Id"), new DataField<float>("Score")], swapped = [new DataField<float?>("Score"), new DataField<int?>("Id")];
        await ForeignParquet.WriteAsync(folder.File("1.parquet"), first, async (group, fields) =>
        {
            await group.WriteAsync<int>(fields[0], new[] { 1 });
            await group.WriteAsync<float>(fields[1], new[] { 0.5f });
        });
        string second = folder.File("2.parquet");
        await ForeignParquet.WriteAsync(second, swapped, async (group, fields) =>
        {
            await group.WriteAsync<float>(fields[0], new float?[] { null });
            await group.WriteAsync<int>(fields[1], new int?[] { 2 });
        });
        var both = Context.Data.LoadFromParquet(folder.Path);      // another order, and nullable: the same schema to a view
        Assert.Equal([1, 2], both.GetColumn<int>("Id"));
        Assert.Equal([0.5f, float.NaN], both.GetColumn<float>("Score"));

        await ForeignParquet.WriteAsync(second, [new DataField<long>("Id"), new DataField<float>("Score")], async (group, fields) =>
        {
            await group.WriteAsync<long>(fields[0], new[] { 1L });
            await group.WriteAsync<float>(fields[1], new[] { 0.5f });
        });
        AssertSays<InvalidDataException>(() => Context.Data.LoadFromParquet(folder.Path), second, "'Id'", "Int64");
        Assert.Equal([0.5f, 0.5f], Context.Data.LoadFromParquet(folder.Path, new() { Columns = ["Score"] }).GetColumn<float>("Score"));

        await ForeignParquet.WriteAsync(second, [new DataField<int>("Id")], (group, fields) => group.WriteAsync<int>(fields[0], new[] { 1 }));
        AssertSays<InvalidDataException>(() => Context.Data.LoadFromParquet(folder.Path), second, "none named 'Score'");
        File.Move(second, folder.File("0.parquet"));
        AssertSays<InvalidDataException>(() => Context.Data.LoadFromParquet(folder.Path), folder.File("1.parquet"), "another one, 'Score'");
    }

    [Fact]
    public async Task LoadFromParquet_FilesWithOtherSizes_AreRefusedBeforeAnyRow()
    {
        using var folder = new TempFolder();
        await ForeignParquet.WriteListsAsync(folder.File("1.parquet"), [[1, 2]], new() { ["AutoGraph.VectorSizes"] = """{"Vector":2}""" });
        await ForeignParquet.WriteListsAsync(folder.File("2.parquet"), [[1, 2, 3]], new() { ["AutoGraph.VectorSizes"] = """{"Vector":3}""" });
        AssertSays<InvalidDataException>(() => Context.Data.LoadFromParquet(folder.Path), "2 values in column 'Vector'", folder.File("2.parquet"), "a note of 3");
        await ForeignParquet.WriteListsAsync(folder.File("2.parquet"), [[1, 2, 3]]);
        var view = Context.Data.LoadFromParquet(folder.Path);
        AssertSays<InvalidDataException>(() => Read<float[]>(view, "Vector"), $"Expected 2 values in column 'Vector' of row 0 of '{folder.File("2.parquet")}', found 3.");
    }

    private static T[] Read<T>(IDataView view, string column) => [.. view.GetColumn<T>(column)];

    private static void AssertSays<T>(Action action, params string[] parts) where T : Exception
    {
        string message = Assert.Throws<T>(action).Message;
        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }
}
