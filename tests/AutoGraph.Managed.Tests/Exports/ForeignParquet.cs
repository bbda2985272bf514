using Parquet;
using Parquet.Schema;
using Xunit;

namespace AutoGraph.Managed.Tests.Exports;

/// <summary>Files as other tools write them.</summary>
internal static class ForeignParquet
{
    /// <summary>
    /// Three rows of Arrow's C++ writer (ParquetSharp 25), which pandas uses too: id (int), name (text or null), vector (list of float or null), half (half precision), when (timestamp),
    /// flag (truth value in run lengths), word (text in DELTA_BYTE_ARRAY).
    /// </summary>
    internal static byte[] Arrow => Convert.FromBase64String(
        "UEFSMRUAFRgVGCwVBhUAFQYVBgAABwAAAPj///8JAAAAFQAVLBUsLBUGFQAVBhUGAAACAAAAAwUFAAAAc8O2bWUDAAAA5LiJFQAVKhUqLBUKFQAVBhUGAAACAAAAAwYDAAAAAzsBAADAPwAAQEAVABUMFQwsFQYVABUGFQYAAAA4AMD/exUA" +
        "FTAVMCwVBhUAFQYVBgAA//////////+IjKl8mwEAAAC0uXNhCAAAFQAVDBUMLBUGFQYVBhUGAAACAAAAAwUVABVyFXIsFQYVDhUGFQYAAAIAAAAGAYABBAMAAAMAAAAEAAAAAAAAAAAAAACAAQQDCgcDAAAAIAAAAAAAAAAAAAAAd29yZDEy" +
        "MxkcFggVOhYAAAAZHBZCFU4WAAAZFhAAGRwWkAEVTBYAAAAZHBbcARUuFgAAABkcFooCFVIWAAAAGRwW3AIVLhYAAAAZHBaKAxWUARYAABkWHgAVBBmsNQAYBnNjaGVtYRUOABUCJQAYAmlkJSJMrBMgEQAAABUMJQIYBG5hbWUlAEwcAAAA" +
        "NQIYBnZlY3RvchUCFQZMPAAAADUEGARsaXN0FQIAFQglAhgEaXRlbQAVDhUEFQAYBGhhbGZs/AAAABUEJQAYBHdoZW4lEkyMERwcAAAAAAAVACUAGARmbGFnABUMJQIYBHdvcmQlAEwcAAAAFgYZHBl8JgAcFQIZJQYAGRgCaWQVABYGFjoW" +
        "OiYISRwVABUAFQIAABaeBBUUACYAHBUMGSUGABkYBG5hbWUVABYGFk4WTiZCSRwVABUAFQIAPBYQGQYZJgIEAAAWsgQVGgAmABwVCBklBgAZOAZ2ZWN0b3IEbGlzdARpdGVtFQAWChZMFkwmkAFJHBUAFQAVAgA8KSYGBBlGAgICBAAAFswE" +
        "FRYAJgAcFQ4ZJQYAGRgEaGFsZhUAFgYWLhYuJtwBSRwVABUAFQIAABbiBBUWACYAHBUEGSUGABkYBHdoZW4VABYGFlIWUiaKAkkcFQAVABUCAAAW+AQVFgAmABwVABkVBhkYBGZsYWcVABYGFi4WLibcAkkcFQAVBhUCAAAWjgUVFgAmABwV" +
        "DBklBg4ZGAR3b3JkFQAWBhaUARaUASaKA0kcFQAVDhUCADwWHhkGGSYABgAAFqQFFR4AFpYEFgYmCBaWBAAoIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjUuMC4xGXwcAAAcAAAcAAAcAAAcAAAcAAAcAAAAQQIAAFBBUjE=");

    /// <summary>Writes a file of one row group by the library itself, without any metadata of ours.</summary>
    internal static async Task WriteAsync(string path, Field[] fields, Func<ParquetRowGroupWriter, DataField[], Task> rows, Dictionary<string, string>? metadata = null)
    {
        var schema = new ParquetSchema(fields);
        await using var stream = File.Create(path);
        await using var writer = await ParquetWriter.CreateAsync(schema, stream, cancellationToken: TestContext.Current.CancellationToken);
        if (metadata is not null) writer.CustomMetadata = metadata;
        using var group = writer.CreateRowGroup();
        await rows(group, schema.DataFields);
        group.CompleteValidate();
    }

    /// <summary>Writes lists of floats under the name Vector; null is a null list, NaN a null element.</summary>
    internal static Task WriteListsAsync(string path, float[]?[] rows, Dictionary<string, string>? metadata = null)
    {
        // levels of an optional list of optional values: 0 no list, 1 an empty one, 2 a null, 3 a value
        var (values, definitions, repetitions) = (new List<float>(), new List<int>(), new List<int>());
        foreach (float[]? row in rows)
        {
            if (row is not { Length: > 0 }) Level(row is null ? 0 : 1, 0);
            for (int i = 0; i < row?.Length; i++)
            {
                Level(float.IsNaN(row[i]) ? 2 : 3, i == 0 ? 0 : 1);
                if (!float.IsNaN(row[i])) values.Add(row[i]);
            }
        }
        return WriteAsync(path, [new ListField("Vector", new DataField<float?>("element"))], (group, fields) =>
            group.WriteAllPartsAsync<float>(fields[0], values.ToArray(), definitions.ToArray(), repetitions.ToArray(), TestContext.Current.CancellationToken), metadata);

        void Level(int definition, int repetition)
        {
            definitions.Add(definition);
            repetitions.Add(repetition);
        }
    }
}
