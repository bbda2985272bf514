using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>A view with a transformer's columns added, computed while it is read.</summary>
internal sealed class BatchView(BatchMapper mapper, IDataView source) : IDataView
{
    public DataViewSchema Schema => mapper.OutputSchema;

    public bool CanShuffle => source.CanShuffle;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var active = mapper.Active(columnsNeeded);
        return new BatchCursor(mapper, source.GetRowCursor(mapper.Dependencies(active), rand), active);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var active = mapper.Active(columnsNeeded);
        return Array.ConvertAll(source.GetRowCursorSet(mapper.Dependencies(active), n, rand), cursor => (DataViewRowCursor)new BatchCursor(mapper, cursor, active));
    }
}
