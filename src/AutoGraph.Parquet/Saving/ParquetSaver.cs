using AutoGraph.Core.Persistence;
using Microsoft.ML;
using Microsoft.ML.Data;
using Parquet;
using Parquet.Schema;

namespace AutoGraph;

/// <summary>Writes a view to a file, row group by row group.</summary>
internal static class ParquetSaver
{
    /// <returns>Number of rows written.</returns>
    internal static long Save(IDataView data, string path, ParquetFileOptions options)
    {
        DataViewSchema.Column[] columns = [.. data.Schema.Where(column => !column.IsHidden)];
        if (columns.Length == 0) throw new ArgumentException("Expected a view with columns, found none.", nameof(data));
        foreach (var column in columns) ParquetColumn.Check(column);
        long rows = 0;
        // off the caller's context, which blocks here
        AtomicFile.Write(path, stream => rows = Task.Run(() => WriteAsync(data, columns, stream, options), options.CancellationToken).GetAwaiter().GetResult());
        return rows;
    }

    private static async Task<long> WriteAsync(IDataView data, DataViewSchema.Column[] columns, Stream stream, ParquetFileOptions options)
    {
        using var cursor = data.GetRowCursor(columns);
        ParquetColumn[] buffers = [.. columns.Select(column => ParquetColumn.Of(cursor, column))];
        var schema = new ParquetSchema(buffers.Select(buffer => buffer.Field));
        var writer = await ParquetWriter.CreateAsync(schema, stream, cancellationToken: options.CancellationToken).ConfigureAwait(false);
        await using var _ = writer.ConfigureAwait(false);
        long rows = 0;
        int held = 0;
        while (cursor.MoveNext())
        {
            options.CancellationToken.ThrowIfCancellationRequested();       // a row may take long to make
            foreach (var buffer in buffers) buffer.Append();
            rows++;
            if (++held < options.RowGroupRows) continue;
            await FlushAsync().ConfigureAwait(false);
            held = 0;
        }
        if (held > 0) await FlushAsync().ConfigureAwait(false);
        // the footer, which holds it, is written last: by then it is known whether every row kept its size
        var sizes = buffers.Where(buffer => buffer.KeptSize is not null).ToDictionary(buffer => buffer.Field.Name, buffer => buffer.KeptSize!.Value, StringComparer.Ordinal);
        if (sizes.Count > 0) writer.CustomMetadata = new Dictionary<string, string> { [VectorSizeNote.Key] = VectorSizeNote.Format(sizes) };
        return rows;

        async Task FlushAsync()
        {
            using var group = writer.CreateRowGroup();
            for (int column = 0; column < buffers.Length; column++)     // each column has one data field
                await buffers[column].WriteAsync(group, schema.DataFields[column], options.CancellationToken).ConfigureAwait(false);
            group.CompleteValidate();
        }
    }
}
