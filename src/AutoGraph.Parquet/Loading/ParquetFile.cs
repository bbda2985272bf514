using Parquet;
using Parquet.Meta;
using Parquet.Schema;

namespace AutoGraph;

/// <summary>An open file: its columns and row groups. Whatever the library throws at a damaged one becomes an <see cref="InvalidDataException"/> that names the file.</summary>
internal sealed class ParquetFile : IDisposable
{
    private readonly ChunkStream _stream;
    private readonly ParquetReader _reader;
    private readonly HashSet<SchemaElement> _halves;

    private ParquetFile(string path, ChunkStream stream)
    {
        (Path, _stream) = (path, stream);
        stream.CheckFrame();
        _reader = Read(path, () => ParquetReader.CreateAsync(stream));
        _halves = HalvesOf(_reader.Metadata!.Schema);
        Fields = NamedFields(Guard(path, () => _reader.Schema));
        NotedSizes = VectorSizeNote.Read(path, _reader.Metadata!.KeyValueMetadata ?? []);
        Part = new(path, RowsOf(_reader.Metadata));
        stream.SetChunks(_reader.Metadata.RowGroups.SelectMany(group => group.Columns));
    }

    internal string Path { get; }

    internal IReadOnlyDictionary<string, Field> Fields { get; }

    internal IReadOnlyDictionary<string, int> NotedSizes { get; }

    internal ParquetPart Part { get; }

    internal static ParquetFile Open(string path)
    {
        var stream = new ChunkStream(path);
        try
        {
            return new(path, stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>The kind of a column's values or elements; null where a view has none for it.</summary>
    internal ValueKind? KindOf(Field field) => field switch
    {
        DataField data => ValueKind.Of(data, data.SchemaElement is { } element && _halves.Contains(element)),
        ListField { Item: DataField item } => KindOf(item),
        _ => null,
    };

    /// <summary>Where the file has a column of a view that has its columns from the first file.</summary>
    /// <exception cref="InvalidDataException">It has no such column, or one of another type.</exception>
    internal ColumnSource SourceOf(LoadedColumn column, string first)
    {
        if (!Fields.TryGetValue(column.Name, out var field)) throw new InvalidDataException(
            $"Expected the columns of '{first}' in '{Path}', found none named '{column.Name}'. Load the files apart from each other, or leave the column out.");
        var list = field as ListField;
        bool isList = list is not null || field is DataField { IsArray: true };
        if (KindOf(field) is not { } kind || kind.ItemType != column.ItemType || isList != column.IsList) throw new InvalidDataException(
            $"Expected {column.Type} in column '{column.Name}' of '{Path}' as in '{first}', found {FieldNames.Describe(field)}. Load the files apart from each other, or leave the column out.");
        return new(Path, column, (DataField)(list?.Item ?? field), kind);
    }

    /// <summary>Reads the column of a row group that <paramref name="chunk"/> is for.</summary>
    internal void Fill(ColumnChunk chunk, int group, Levels levels)
    {
        var source = _reader.RowGroups[group];
        var metadata = source.GetMetadata(chunk.Source.Field);
        if (metadata?.MetaData is null || !string.IsNullOrEmpty(metadata.FilePath)) throw Damaged(Path, $"row group {group} has no values of column '{chunk.Source.Column.Name}'", null);
        if (chunk.Source.MisreadEncoding(metadata.MetaData) is { } encoding) throw new InvalidDataException(
            $"'{Path}' cannot be read: column '{chunk.Source.Column.Name}' has the encoding {encoding}, of which Parquet.Net makes other values. Write it anew with data pages of version 1, or leave the column out.");
        _stream.Enter(metadata);
        chunk.Prepare(metadata.MetaData.NumValues, Part.GroupRows[group], levels);
        Read(Path, async () =>
        {
            await chunk.ReadAsync(source, levels).ConfigureAwait(false);
            return true;
        });
    }

    public void Dispose() => _stream.Dispose();

    internal static InvalidDataException Damaged(string path, string found, Exception? cause) =>
        new($"'{path}' cannot be read: {found}. It is damaged: copy it again, or write it anew.", cause);

    private static T Read<T>(string path, Func<Task<T>> read) => Guard(path, () => Task.Run(read).GetAwaiter().GetResult());     // off the caller's context, which blocks here

    // the library throws whatever its parsing of damaged bytes runs into (overflows, indices, nulls, sizes beyond memory), so all of it means the same
    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is NotSupportedException or NotImplementedException)
        {
            throw new InvalidDataException($"'{path}' cannot be read: {exception.Message.TrimEnd('.')}. Either it is damaged, or it has an encoding that Parquet.Net lacks: write it anew with data pages of version 1.", exception);
        }
        catch (Exception exception)
        {
            throw Damaged(path, exception.Message.TrimEnd('.'), exception);
        }
    }

    // the library refuses a whole file for one column of half precision; without the annotation it is two bytes
    private static HashSet<SchemaElement> HalvesOf(List<SchemaElement> elements)
    {
        HashSet<SchemaElement> halves = [.. elements.Where(element => element is { LogicalType.FLOAT16: not null, Type: Parquet.Meta.Type.FIXED_LEN_BYTE_ARRAY, TypeLength: 2 })];
        foreach (var half in halves) half.LogicalType = null;
        return halves;
    }

    private Dictionary<string, Field> NamedFields(ParquetSchema schema)
    {
        var fields = new Dictionary<string, Field>(StringComparer.Ordinal);
        foreach (var field in schema.Fields)
            if (!fields.TryAdd(field.Name, field)) throw new InvalidDataException($"Expected columns of different names in '{Path}', found two named '{field.Name}'. Write the file anew with other names.");
        return fields;
    }

    private int[] RowsOf(FileMetaData metadata)
    {
        long sum = 0;
        foreach (var group in metadata.RowGroups)
        {
            if (group.NumRows is < 0 or > int.MaxValue) throw Damaged(Path, $"a row group of {group.NumRows} rows", null);
            sum += group.NumRows;
        }
        if (sum != metadata.NumRows) throw Damaged(Path, $"its row groups have {sum} rows, the file {metadata.NumRows}", null);
        return [.. metadata.RowGroups.Select(group => (int)group.NumRows)];
    }
}
