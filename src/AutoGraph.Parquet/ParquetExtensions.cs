using AutoGraph.Core.Persistence;
using Microsoft.ML;
using Microsoft.ML.Data;
using Parquet;
using Parquet.Schema;

namespace AutoGraph;

/// <summary>Parquet files beside ML.NET's own savers.</summary>
public static class ParquetExtensions
{
    /// <summary>Saves a view as an Apache Parquet file: under a temporary name first, flushed and moved, one row group in memory at a time.</summary>
    /// <param name="catalog"><c>mlContext.Data</c>.</param>
    /// <param name="data">
    /// The rows. Text, truth values, numbers and times become columns of their own kind, vectors of them (but times) lists; hidden columns are left out. Nothing is null:
    /// missing numbers are NaN and missing texts empty, as in the view.
    /// </param>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="options">Row groups, cancellation; null for the defaults.</param>
    /// <returns>Number of rows written.</returns>
    /// <exception cref="ArgumentException">A column has a type that a file cannot hold, or an option is out of range; nothing was written.</exception>
    /// <exception cref="OperationCanceledException">The token of the options was cancelled; the old file stays.</exception>
    public static long SaveAsParquet(this DataOperationsCatalog catalog, IDataView data, string path, ParquetFileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        (options ??= new()).Validate();
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
            foreach (var buffer in buffers) buffer.Append();
            rows++;
            if (++held < options.RowGroupRows) continue;
            await FlushAsync().ConfigureAwait(false);
            held = 0;
        }
        if (held > 0) await FlushAsync().ConfigureAwait(false);
        return rows;

        async Task FlushAsync()
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            using var group = writer.CreateRowGroup();
            for (int column = 0; column < buffers.Length; column++)     // each column has one data field
                await buffers[column].WriteAsync(group, schema.DataFields[column], options.CancellationToken).ConfigureAwait(false);
            group.CompleteValidate();
        }
    }
}
