using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>Reads columns as a prompt shows them: text, numbers, keys and vectors of those.</summary>
internal static class RowValue
{
    internal static bool Accepts(DataViewType type)
    {
        var item = type is VectorDataViewType vector ? vector.ItemType : type;
        // vectors of real numbers are embeddings, nothing a person would read
        return item is TextDataViewType or KeyDataViewType || item is NumberDataViewType && (type is not VectorDataViewType || ColumnKind.IsWhole(item));
    }

    internal static Func<object?> Reader(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is VectorDataViewType) return ColumnReader.Ids(row, column);
        // as numbers, for NaN is a missing one
        if (column.Type == NumberDataViewType.Single) return Number<float>(row, column);
        if (column.Type == NumberDataViewType.Double) return Number<double>(row, column);
        return ColumnReader.Id(row, column);
    }

    private static Func<object?> Number<T>(DataViewRow row, DataViewSchema.Column column) where T : struct
    {
        var (get, value) = (row.GetGetter<T>(column), default(T));
        return () =>
        {
            get(ref value);
            return value;
        };
    }
}
