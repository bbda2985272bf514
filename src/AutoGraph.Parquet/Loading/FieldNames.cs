using Parquet.Meta;
using Parquet.Schema;

namespace AutoGraph;

/// <summary>The types of a file's columns as people call them.</summary>
internal static class FieldNames
{
    internal static string Describe(Field field) => field switch
    {
        MapField => "a map",
        StructField => "a struct",
        ListField list => $"a list of which each element is {Describe(list.Item)}",
        DecimalDataField number => $"a decimal of {number.Precision} digits",
        TimeDataField or { SchemaElement.ConvertedType: ConvertedType.TIME_MILLIS or ConvertedType.TIME_MICROS } => "a time of day",
        DateTimeDataField => "a time",
        DataField { SchemaElement: { } element } data when data.ClrType == typeof(ReadOnlyMemory<byte>) => element.TypeLength is { } length ? $"{length} bytes" : "bytes",
        DataField data => data.ClrType.Name,
        _ => field.SchemaType.ToString(),
    };
}
