using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>The columns of a row as prompts read them: name → text, number or texts.</summary>
internal static class PromptRow
{
    internal static bool Reads(DataViewType type) =>
        ColumnKind.Id.Accepts(type) || ColumnKind.Ids.Accepts(type) || type is BooleanDataViewType || type == NumberDataViewType.Single || type == NumberDataViewType.Double;

    internal static Func<IReadOnlyDictionary<string, object?>> Reader(DataViewRow row, IReadOnlyList<string> columns)
    {
        var readers = columns.Select(name => (name, Read: Value(row, row.Schema[name]))).ToArray();
        return () => readers.ToDictionary(column => column.name, column => column.Read(), StringComparer.Ordinal);
    }

    private static Func<object?> Value(DataViewRow row, DataViewSchema.Column column)
    {
        if (ColumnKind.Id.Accepts(column.Type)) return ColumnReader.Id(row, column);
        if (ColumnKind.Ids.Accepts(column.Type)) return ColumnReader.Ids(row, column);
        if (column.Type is BooleanDataViewType) return Of<bool>(row, column, value => value ? "yes" : "no");
        return column.Type == NumberDataViewType.Single ? Of<float>(row, column, value => value) : Of<double>(row, column, value => value);
    }

    private static Func<object?> Of<T>(DataViewRow row, DataViewSchema.Column column, Func<T, object?> convert) where T : struct
    {
        var (get, value) = (row.GetGetter<T>(column), default(T));
        return () =>
        {
            get(ref value);
            return convert(value);
        };
    }
}
