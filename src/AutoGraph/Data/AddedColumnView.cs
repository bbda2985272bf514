using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>A view with one column added whose value follows from the row's id; lazy, shuffled and parallel where the source is.</summary>
internal sealed class AddedColumnView<T> : IDataView
{
    private readonly IDataView _source;
    private readonly Fill _fill;

    /// <summary>Writes the value of one row.</summary>
    internal delegate void Fill(DataViewRowId row, ref T value);

    internal AddedColumnView(IDataView source, DataViewSchema.DetachedColumn column, Fill fill)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(source.Schema);
        builder.AddColumns([column]);
        (_source, _fill, Schema) = (source, fill, builder.ToSchema());
    }

    public DataViewSchema Schema { get; }

    public bool CanShuffle => _source.CanShuffle;

    public long? GetRowCount() => _source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var (own, wanted) = Split(columnsNeeded);
        return new Cursor(this, _source.GetRowCursor(own, rand), wanted);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var (own, wanted) = Split(columnsNeeded);
        return Array.ConvertAll(_source.GetRowCursorSet(own, n, rand), cursor => (DataViewRowCursor)new Cursor(this, cursor, wanted));
    }

    // Columns of the source keep their index; ours is the last.
    private (List<DataViewSchema.Column> Own, bool Wanted) Split(IEnumerable<DataViewSchema.Column> columns)
    {
        var (own, wanted) = (new List<DataViewSchema.Column>(), false);
        foreach (var column in columns)
            if (column.Index < _source.Schema.Count) own.Add(_source.Schema[column.Index]);
            else wanted = true;
        return (own, wanted);
    }

    private sealed class Cursor(AddedColumnView<T> view, DataViewRowCursor input, bool wanted) : DataViewRowCursor
    {
        private readonly ValueGetter<DataViewRowId> _getId = input.GetIdGetter();

        public override DataViewSchema Schema => view.Schema;

        public override long Position => input.Position;

        public override long Batch => input.Batch;

        public override bool IsColumnActive(DataViewSchema.Column column) =>
            column.Index < input.Schema.Count ? input.IsColumnActive(input.Schema[column.Index]) : wanted;

        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

        public override bool MoveNext() => input.MoveNext();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (column.Index < input.Schema.Count) return input.GetGetter<TValue>(input.Schema[column.Index]);
            if (!wanted) throw new InvalidOperationException($"Column '{column.Name}' was not asked for when the cursor was made.");
            return (ValueGetter<T>)Get as ValueGetter<TValue>
                ?? throw new InvalidOperationException($"Column '{column.Name}' holds {column.Type}; it cannot be read as {typeof(TValue)}.");
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) input.Dispose();
            base.Dispose(disposing);
        }

        private void Get(ref T value)
        {
            DataViewRowId id = default;
            _getId(ref id);
            view._fill(id, ref value);
        }
    }
}
