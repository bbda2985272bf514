using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>Reads columns as a prompt shows them: text, truth values, numbers, times, keys, and vectors of text, keys and whole numbers.</summary>
internal static class RowValue
{
    internal const string Expected = "text, a truth value, a number, a DateTime or DateTimeOffset, a key, or a vector of text, keys or whole numbers";

    /// <summary>A column of a table that is there, or will be.</summary>
    internal readonly record struct Found(string Name, bool IsReadable, string Type)
    {
        internal Found(DataViewSchema.Column column)
            : this(column.Name, Accepts((column.Type as VectorDataViewType)?.ItemType ?? column.Type, column.Type is VectorDataViewType), column.Type.ToString()!)
        {
        }

        internal Found(SchemaShape.Column column) : this(column.Name, column.IsKey || Accepts(column.ItemType, IsVector(column)), IsVector(column) ? $"Vector<{column.ItemType}>" : column.ItemType.ToString()!)
        {
        }

        private static bool IsVector(SchemaShape.Column column) => column.Kind != SchemaShape.Column.VectorKind.Scalar;
    }

    internal static Func<object?> Reader(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is VectorDataViewType) return ColumnReader.Ids(row, column);
        // as numbers, for NaN is a missing one
        if (column.Type == NumberDataViewType.Single) return Value<float>(row, column);
        if (column.Type == NumberDataViewType.Double) return Value<double>(row, column);
        if (column.Type is BooleanDataViewType) return Value<bool>(row, column);
        // what an empty field of a text file becomes
        if (column.Type is DateTimeDataViewType) return Value<DateTime>(row, column, time => time == default ? null : time);
        if (column.Type is DateTimeOffsetDataViewType) return Value<DateTimeOffset>(row, column, time => time == default ? null : time);
        return ColumnReader.Id(row, column);
    }

    // vectors of real numbers are embeddings, nothing a person would read
    private static bool Accepts(DataViewType item, bool isVector) => item is TextDataViewType or KeyDataViewType
        || (isVector ? ColumnKind.IsWhole(item) : item is NumberDataViewType or BooleanDataViewType or DateTimeDataViewType or DateTimeOffsetDataViewType);

    private static Func<object?> Value<T>(DataViewRow row, DataViewSchema.Column column, Func<T, object?>? show = null) where T : struct
    {
        var (get, value) = (row.GetGetter<T>(column), default(T));
        return () =>
        {
            get(ref value);
            return show is null ? value : show(value);
        };
    }
}
