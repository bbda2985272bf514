using System.Globalization;
using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>Reads columns of the row a cursor stands on, whatever type a person chose for ids and times.</summary>
internal static class ColumnReader
{
    /// <summary>Ids as invariant text; empty where the value is missing.</summary>
    internal static Func<string> Id(DataViewRow row, DataViewSchema.Column column) => column.Type switch
    {
        TextDataViewType => Text(row, column),
        KeyDataViewType => Dispatch<Func<string>>(column.Type.RawType, nameof(Key), row, column),
        _ => Dispatch<Func<string>>(column.Type.RawType, nameof(Number), row, column),
    };

    /// <summary>Vectors of ids; missing ones are left out.</summary>
    internal static Func<List<string>> Ids(DataViewRow row, DataViewSchema.Column column)
    {
        var item = ((VectorDataViewType)column.Type).ItemType;
        return Dispatch<Func<List<string>>>(item.RawType, item is KeyDataViewType ? nameof(Keys) : item is TextDataViewType ? nameof(Texts) : nameof(Numbers), row, column);
    }

    internal static Func<string> Text(DataViewRow row, DataViewSchema.Column column)
    {
        var (get, value) = (row.GetGetter<ReadOnlyMemory<char>>(column), default(ReadOnlyMemory<char>));
        return () =>
        {
            get(ref value);
            return value.ToString();
        };
    }

    /// <summary>Times as numbers that grow with time, whatever their unit.</summary>
    internal static Func<long> Time(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is DateTimeDataViewType) return Read<DateTime, long>(row, column, value => value.Ticks);
        if (column.Type is DateTimeOffsetDataViewType) return Read<DateTimeOffset, long>(row, column, value => value.UtcTicks);
        if (column.Type == NumberDataViewType.Single) return Read<float, long>(row, column, value => Ordered(value, column.Name));
        if (column.Type == NumberDataViewType.Double) return Read<double, long>(row, column, value => Ordered(value, column.Name));
        if (column.Type == NumberDataViewType.UInt64) return Read<ulong, long>(row, column, value => checked((long)value));
        var whole = Id(row, column);
        return () => long.Parse(whole(), CultureInfo.InvariantCulture);
    }

    /// <summary>A moment as <see cref="Time"/> reads it from a column that holds it.</summary>
    internal static long Moment(DataViewSchema.Column column, long time) =>
        column.Type == NumberDataViewType.Single ? Ordered((float)time, column.Name) : column.Type == NumberDataViewType.Double ? Ordered(time, column.Name) : time;

    /// <summary>Vectors of numbers or booleans (0 and 1) as floats; the buffer holds the row's own values until the next call.</summary>
    internal static Func<ReadOnlyMemory<float>> Numeric(DataViewRow row, DataViewSchema.Column column)
    {
        var item = ((VectorDataViewType)column.Type).ItemType;
        if (item is BooleanDataViewType) return Converted<bool>(row, column, truth => truth ? 1 : 0);
        return item == NumberDataViewType.Single ? Vector(row, column) : Dispatch<Func<ReadOnlyMemory<float>>>(item.RawType, nameof(Floats), row, column);
    }

    private static Func<ReadOnlyMemory<float>> Floats<T>(DataViewRow row, DataViewSchema.Column column) where T : INumberBase<T> => Converted<T>(row, column, float.CreateChecked);

    private static Func<ReadOnlyMemory<float>> Converted<T>(DataViewRow row, DataViewSchema.Column column, Func<T, float> convert)
    {
        var (get, value) = (row.GetGetter<VBuffer<T>>(column), default(VBuffer<T>));
        return () =>
        {
            get(ref value);
            return value.DenseValues().Select(convert).ToArray();
        };
    }

    /// <summary>Vectors of floats; the buffer holds the row's own values until the next call.</summary>
    internal static Func<ReadOnlyMemory<float>> Vector(DataViewRow row, DataViewSchema.Column column)
    {
        var (get, value) = (row.GetGetter<VBuffer<float>>(column), default(VBuffer<float>));
        float[] dense = [];
        return () =>
        {
            get(ref value);
            if (dense.Length != value.Length) dense = new float[value.Length];
            value.CopyTo(dense);
            return dense;
        };
    }

    /// <summary>Vectors of keys as codes from 0; a missing key becomes -1.</summary>
    internal static Func<int[]> Codes(DataViewRow row, DataViewSchema.Column column) =>
        Dispatch<Func<int[]>>(((VectorDataViewType)column.Type).ItemType.RawType, nameof(KeyCodes), row, column);

    private static Func<int[]> KeyCodes<T>(DataViewRow row, DataViewSchema.Column column) where T : IConvertible
    {
        var (get, value) = (row.GetGetter<VBuffer<T>>(column), default(VBuffer<T>));
        return () =>
        {
            get(ref value);
            return [.. value.DenseValues().Select(key => checked((int)(key.ToUInt64(CultureInfo.InvariantCulture)) - 1))];
        };
    }

    // Doubles ordered as whole numbers: the bits of positive numbers already are, those of negative ones run backwards.
    private static long Ordered(double time, string column)
    {
        if (double.IsNaN(time)) throw new ArgumentException($"Expected a time in every row of column '{column}', found NaN. Remove the rows without a time.");
        long bits = BitConverter.DoubleToInt64Bits(time + 0.0);
        return bits >= 0 ? bits : bits ^ long.MaxValue;
    }

    private static Func<TResult> Read<T, TResult>(DataViewRow row, DataViewSchema.Column column, Func<T, TResult> convert) where T : struct
    {
        var (get, value) = (row.GetGetter<T>(column), default(T));
        return () =>
        {
            get(ref value);
            return convert(value);
        };
    }

    private static Func<string> Number<T>(DataViewRow row, DataViewSchema.Column column) where T : struct, IFormattable =>
        Read<T, string>(row, column, value => value.ToString(null, CultureInfo.InvariantCulture));

    private static Func<string> Key<T>(DataViewRow row, DataViewSchema.Column column) where T : struct, IConvertible
    {
        var names = KeyNames(column);
        return Read<T, string>(row, column, key => KeyName(names, key.ToUInt64(CultureInfo.InvariantCulture)));
    }

    private static Func<List<string>> Keys<T>(DataViewRow row, DataViewSchema.Column column) where T : struct, IConvertible
    {
        var names = KeyNames(column);
        return Many<T>(row, column, key => KeyName(names, key.ToUInt64(CultureInfo.InvariantCulture)));
    }

    private static Func<List<string>> Texts<T>(DataViewRow row, DataViewSchema.Column column) => Many<T>(row, column, value => value!.ToString()!);

    private static Func<List<string>> Numbers<T>(DataViewRow row, DataViewSchema.Column column) where T : struct, IFormattable =>
        Many<T>(row, column, value => value.ToString(null, CultureInfo.InvariantCulture));

    private static Func<List<string>> Many<T>(DataViewRow row, DataViewSchema.Column column, Func<T, string> convert)
    {
        var (get, value) = (row.GetGetter<VBuffer<T>>(column), default(VBuffer<T>));
        return () =>
        {
            get(ref value);
            return [.. value.DenseValues().Select(convert).Where(text => text.Length > 0)];
        };
    }

    private static string KeyName(string[]? names, ulong key) =>
        key == 0 ? "" : names is null ? (key - 1).ToString(CultureInfo.InvariantCulture) : names[checked((int)key - 1)];

    // The values behind the keys, as MapKeyToValue would give them; null where the keys stand for themselves.
    private static string[]? KeyNames(DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull("KeyValues") is not { Type: VectorDataViewType { ItemType: var item } } annotation) return null;
        return Dispatch<string[]>(item.RawType, nameof(AnnotationTexts), column.Annotations, annotation);
    }

    private static string[] AnnotationTexts<T>(DataViewSchema.Annotations annotations, DataViewSchema.Column column)
    {
        VBuffer<T> values = default;
        annotations.GetValue(column.Name, ref values);
        return [.. values.DenseValues().Select(value => value is IFormattable number ? number.ToString(null, CultureInfo.InvariantCulture) : value?.ToString() ?? "")];
    }

    private static TResult Dispatch<TResult>(Type type, string method, params object[] arguments) =>
        (TResult)typeof(ColumnReader).GetMethod(method, System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
            .MakeGenericMethod(type).Invoke(null, System.Reflection.BindingFlags.DoNotWrapExceptions, null, arguments, CultureInfo.InvariantCulture)!;
}
