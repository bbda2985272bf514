using AutoGraph.TestKit;
using Microsoft.ML;
using Microsoft.ML.Data;
using Parquet;
using Xunit;

namespace AutoGraph.Managed.Tests.Exports;

public sealed class LoadDamagedParquetTests
{
    private static readonly MLContext Context = new(seed: 1);

    [Fact]
    public void LoadFromParquet_NoSuchFileAndNoParquet_SayWhatToDo()
    {
        using var folder = new TempFolder();
        string path = folder.File("rows.parquet");
        Assert.Contains("Check the path", Assert.Throws<FileNotFoundException>(() => Context.Data.LoadFromParquet(path)).Message, StringComparison.Ordinal);
        Assert.Contains(folder.Path, Assert.Throws<FileNotFoundException>(() => Context.Data.LoadFromParquet(folder.Path)).Message, StringComparison.Ordinal);
        foreach (string text in (string[])["", "PAR1", "id,name\n1,a\n2,b\n", "PAREncrypted PARE", "PAR1 and then no footer at all PAR1", "PAR1\u0001\u0000\u0000\u0000PAR1"])
        {
            File.WriteAllText(path, text);
            string message = Assert.Throws<InvalidDataException>(() => Context.Data.LoadFromParquet(path)).Message;
            Assert.Contains(path, message, StringComparison.Ordinal);
            Assert.Matches("rite|opy|heck", message);
        }
    }

    [Fact]
    public void LoadFromParquet_ATruncatedFile_IsNamed()
    {
        using var folder = new TempFolder();
        byte[] whole = File.ReadAllBytes(Saved(folder));
        string path = folder.File("short.parquet");
        for (int length = 0; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Contains(path, Assert.Throws<InvalidDataException>(() => Context.Data.LoadFromParquet(path)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task LoadFromParquet_OneColumnOverwritten_LeavesTheOthersReadable()
    {
        using var folder = new TempFolder();
        string path = Saved(folder);
        await using (var reader = await ParquetReader.CreateAsync(path, cancellationToken: TestContext.Current.CancellationToken))
        {
            byte[] bytes = File.ReadAllBytes(path);
            foreach (var group in reader.RowGroups)
            {
                var chunk = group.GetMetadata(reader.Schema.DataFields.Single(field => field.Path.FirstPart == "Text"))!.MetaData!;
                bytes.AsSpan((int)(chunk.DictionaryPageOffset is > 0 and var offset ? offset : chunk.DataPageOffset), (int)chunk.TotalCompressedSize).Fill(0xFF);
            }
            File.WriteAllBytes(path, bytes);
        }
        var view = Context.Data.LoadFromParquet(path);
        Assert.Equal(Enumerable.Range(0, 40), view.GetColumn<int>("Whole"));
        Assert.Equal(Enumerable.Range(0, 40).Select(i => (float[])[i, 0.5f]), view.GetColumn<float[]>("Vector"));
        var damaged = Assert.Throws<InvalidDataException>(() => view.GetColumn<string>("Text").Count());
        Assert.Contains(path, damaged.Message, StringComparison.Ordinal);
        Assert.NotNull(damaged.InnerException);
    }

    // values have no checksums, so a changed bit may come out as another value; nothing else may happen
    [Fact]
    public void LoadFromParquet_ChangedBits_GiveRowsOrInvalidData()
    {
        using var folder = new TempFolder();
        byte[] whole = File.ReadAllBytes(Saved(folder));
        string path = folder.File("flipped.parquet");
        var random = new Random(7);
        int refused = 0;
        for (int trial = 0; trial < 400; trial++)
        {
            byte[] flipped = [.. whole];
            int bit = random.Next(8 * whole.Length);
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(path, flipped);
            try
            {
                var view = Context.Data.LoadFromParquet(path, new() { Columns = ["Text", "Whole", "Truth", "Vector"] });
                Assert.Equal(40, view.Preview(1000).RowView.Length);
            }
            catch (InvalidDataException exception)
            {
                Assert.Contains(path, exception.Message, StringComparison.Ordinal);
                refused++;
            }
            catch (ArgumentException exception)
            {
                // of a flipped name or type the file says: there is no such column, or it cannot be loaded
                Assert.Matches(@"There is: |Leave the column out", exception.Message);
                refused++;
            }
        }
        Assert.InRange(refused, 100, 399);
    }

    [Fact]
    public async Task LoadFromParquet_LevelsThatBeginWithinARow_AreRefused()
    {
        using var folder = new TempFolder();
        string path = folder.File("levels.parquet");
        await ForeignParquet.WriteAsync(path, [new Parquet.Schema.ListField("Vector", new Parquet.Schema.DataField<float?>("element"))], (group, fields) =>
            group.WriteAllPartsAsync<float>(fields[0], new float[] { 1, 2, 3 }, new[] { 3, 3, 3 }, new[] { 1, 0, 1 }, TestContext.Current.CancellationToken));
        var view = Context.Data.LoadFromParquet(path);
        Assert.Contains(path, Assert.Throws<InvalidDataException>(() => view.GetColumn<float[]>("Vector").Count()).Message, StringComparison.Ordinal);
    }

    private static string Saved(TempFolder folder)
    {
        string path = folder.File("rows.parquet");
        var rows = Enumerable.Range(0, 40).Select(i => new Row { Text = $"söme text {i % 9}", Whole = i, Truth = i % 3 == 0, Vector = [i, 0.5f] });
        Context.Data.SaveAsParquet(Context.Data.LoadFromEnumerable(rows), path, new() { RowGroupRows = 16 });
        return path;
    }

    private sealed class Row
    {
        public string Text { get; set; } = "";
        public int Whole { get; set; }
        public bool Truth { get; set; }
        [VectorType(2)] public float[] Vector { get; set; } = [0, 0];
    }
}
