using System.Text;
using Microsoft.ML.Data;
using Parquet.Meta;
using Parquet.Schema;

namespace AutoGraph;

/// <summary>A kind of value: what it is in a file, and in a view.</summary>
internal abstract class ValueKind(PrimitiveDataViewType itemType)
{
    // throws on bytes that are no text
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly ValueKind Text = new ValueKind<ReadOnlyMemory<char>, ReadOnlyMemory<char>>(TextDataViewType.Instance, hasMissing: true);
    private static readonly ValueKind Bytes = new ValueKind<ReadOnlyMemory<byte>, ReadOnlyMemory<char>>(TextDataViewType.Instance, hasMissing: true, convert: bytes => Utf8.GetString(bytes.Span).AsMemory());
    private static readonly ValueKind HalfPrecision = new ValueKind<ReadOnlyMemory<byte>, float>(NumberDataViewType.Single, hasMissing: true, float.NaN, bytes => (float)BitConverter.ToHalf(bytes.Span));
    private static readonly ValueKind Instant = new ValueKind<DateTime, DateTime>(DateTimeDataViewType.Instance, convert: time => DateTime.SpecifyKind(time, DateTimeKind.Utc));
    private static readonly ValueKind Clock = new ValueKind<DateTime, DateTime>(DateTimeDataViewType.Instance, convert: time => DateTime.SpecifyKind(time, DateTimeKind.Unspecified));

    private static readonly Dictionary<System.Type, ValueKind> Plain = new()
    {
        [typeof(bool)] = new ValueKind<bool, bool>(BooleanDataViewType.Instance),
        [typeof(sbyte)] = new ValueKind<sbyte, sbyte>(NumberDataViewType.SByte),
        [typeof(byte)] = new ValueKind<byte, byte>(NumberDataViewType.Byte),
        [typeof(short)] = new ValueKind<short, short>(NumberDataViewType.Int16),
        [typeof(ushort)] = new ValueKind<ushort, ushort>(NumberDataViewType.UInt16),
        [typeof(int)] = new ValueKind<int, int>(NumberDataViewType.Int32),
        [typeof(uint)] = new ValueKind<uint, uint>(NumberDataViewType.UInt32),
        [typeof(long)] = new ValueKind<long, long>(NumberDataViewType.Int64),
        [typeof(ulong)] = new ValueKind<ulong, ulong>(NumberDataViewType.UInt64),
        [typeof(float)] = new ValueKind<float, float>(NumberDataViewType.Single, hasMissing: true, float.NaN),
        [typeof(double)] = new ValueKind<double, double>(NumberDataViewType.Double, hasMissing: true, double.NaN),
        [typeof(ReadOnlyMemory<char>)] = Text,
    };

    internal PrimitiveDataViewType ItemType { get; } = itemType;

    /// <summary>The kind of a field's values, of which two bytes may be a number of half precision; null where a view has none for it.</summary>
    internal static ValueKind? Of(DataField field, bool isHalf) => field switch
    {
        _ when isHalf => HalfPrecision,
        TimeDataField or { SchemaElement.ConvertedType: ConvertedType.TIME_MILLIS or ConvertedType.TIME_MICROS } => null,
        DateTimeDataField time => time.DateTimeFormat != DateTimeFormat.Date && time.IsAdjustedToUTC ? Instant : Clock,
        { SchemaElement.Type: Parquet.Meta.Type.BYTE_ARRAY } when field.ClrType == typeof(ReadOnlyMemory<byte>) => Bytes,
        _ => Plain.GetValueOrDefault(field.ClrType),
    };

    /// <summary>What holds a row group's values of a column.</summary>
    internal abstract ColumnChunk Chunk(ColumnSource source);
}

/// <inheritdoc/>
/// <typeparam name="TFile">As the library reads it.</typeparam>
/// <typeparam name="T">As the view gives it.</typeparam>
internal sealed class ValueKind<TFile, T>(PrimitiveDataViewType itemType, bool hasMissing = false, T missing = default, Func<TFile, T>? convert = null) : ValueKind(itemType)
    where TFile : struct where T : struct
{
    internal bool HasMissing => hasMissing;

    /// <summary>What stands for null.</summary>
    internal T Missing => missing;

    /// <summary>Null where both types are one and values are taken as they are.</summary>
    internal Func<TFile, T>? Convert => convert;

    internal override ColumnChunk Chunk(ColumnSource source) => source.Column.IsList ? new ListChunk<TFile, T>(source, this) : new ScalarChunk<TFile, T>(source, this);
}
