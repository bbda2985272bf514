using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>The rows of Parquet files, read anew by each cursor.</summary>
internal sealed class ParquetView : IDataView
{
    internal ParquetView(IReadOnlyList<LoadedColumn> columns, IReadOnlyList<ParquetPart> parts)
    {
        (Columns, Parts) = (columns, parts);
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(columns.Select(column => new DataViewSchema.DetachedColumn(column.Name, column.Type)));
        Schema = builder.ToSchema();
    }

    public DataViewSchema Schema { get; }

    public bool CanShuffle => false;

    internal IReadOnlyList<LoadedColumn> Columns { get; }

    internal IReadOnlyList<ParquetPart> Parts { get; }

    public long? GetRowCount() => Parts.Sum(part => part.GroupRows.Sum(rows => (long)rows));

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new ParquetCursor(this, [.. columnsNeeded.Select(column => column.Index)]);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];
}
