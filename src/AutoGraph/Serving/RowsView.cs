using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>One row of named values as a view, for pipelines: text, truth values, numbers, and arrays of them.</summary>
internal sealed class RowsView : IDataView
{
    private readonly Column[] _columns;

    internal RowsView(IReadOnlyDictionary<string, object> values)
    {
        _columns = [.. values.Select(pair => Column.Of(pair.Key, pair.Value))];
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(_columns.Select(column => new DataViewSchema.DetachedColumn(column.Name, column.Type)));
        Schema = builder.ToSchema();
    }

    public DataViewSchema Schema { get; }

    public bool CanShuffle => false;

    public long? GetRowCount() => 1;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(this, [.. columnsNeeded.Select(column => column.Index)]);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];

    /// <summary>The value that an endpoint which takes a dictionary of objects gets from System.Text.Json; null for null.</summary>
    internal static object? Plain(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString(),
        JsonValueKind.True or JsonValueKind.False => json.GetBoolean(),
        JsonValueKind.Number => json.TryGetInt64(out long whole) ? whole : json.GetDouble(),
        JsonValueKind.Array when json.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String) => json.EnumerateArray().Select(one => one.GetString()!).ToArray(),
        JsonValueKind.Array when json.EnumerateArray().All(one => one.ValueKind is JsonValueKind.True or JsonValueKind.False) => json.EnumerateArray().Select(one => one.GetBoolean()).ToArray(),
        JsonValueKind.Array when json.EnumerateArray().All(one => one.ValueKind == JsonValueKind.Number) =>
            json.EnumerateArray().All(one => one.TryGetInt64(out _)) ? json.EnumerateArray().Select(one => one.GetInt64()).ToArray() : json.EnumerateArray().Select(one => one.GetSingle()).ToArray(),
        _ => json.ValueKind == JsonValueKind.Null ? null : json.GetRawText(),
    };

    private sealed record Column(string Name, DataViewType Type, Delegate Getter)
    {
        internal static Column Of(string name, object? value) => value switch
        {
            JsonElement json => Of(name, Plain(json)),
            string text => Scalar(name, TextDataViewType.Instance, text.AsMemory()),
            bool truth => Scalar(name, BooleanDataViewType.Instance, truth),
            float number => Scalar(name, NumberDataViewType.Single, number),
            double number => Scalar(name, NumberDataViewType.Double, number),
            decimal number => Scalar(name, NumberDataViewType.Double, (double)number),
            sbyte number => Scalar(name, NumberDataViewType.SByte, number),
            ushort number => Scalar(name, NumberDataViewType.UInt16, number),
            byte number => Scalar(name, NumberDataViewType.Byte, number),
            short number => Scalar(name, NumberDataViewType.Int16, number),
            int number => Scalar(name, NumberDataViewType.Int32, number),
            uint number => Scalar(name, NumberDataViewType.UInt32, number),
            long number => Scalar(name, NumberDataViewType.Int64, number),
            ulong number => Scalar(name, NumberDataViewType.UInt64, number),
            DateTime time => Scalar(name, DateTimeDataViewType.Instance, time),
            DateTimeOffset time => Scalar(name, DateTimeOffsetDataViewType.Instance, time),
            IEnumerable<string> texts => Vector(name, TextDataViewType.Instance, texts.Select(text => text.AsMemory())),
            IEnumerable<float> numbers => Vector(name, NumberDataViewType.Single, numbers),
            IEnumerable<double> numbers => Vector(name, NumberDataViewType.Double, numbers),
            IEnumerable<bool> truths => Vector(name, BooleanDataViewType.Instance, truths),
            IEnumerable<int> numbers => Vector(name, NumberDataViewType.Int32, numbers),
            IEnumerable<long> numbers => Vector(name, NumberDataViewType.Int64, numbers),
            _ => throw new ArgumentException($"Expected text, a truth value, a number, a time, or several texts, numbers or truth values as the value of '{name}', found {value?.GetType().Name ?? "nothing"}. Convert the value, or leave it out where it is not known."),
        };

        private static Column Scalar<T>(string name, DataViewType type, T own) => new(name, type, (ValueGetter<T>)((ref T value) => value = own));

        private static Column Vector<T>(string name, PrimitiveDataViewType type, IEnumerable<T> values)
        {
            T[] own = [.. values];
            return new(name, own.Length == 0 ? new VectorDataViewType(type) : new VectorDataViewType(type, own.Length),
                (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => new VBuffer<T>(own.Length, own).CopyTo(ref value)));
        }
    }

    private sealed class Cursor(RowsView view, HashSet<int> active) : DataViewRowCursor
    {
        private long _position = -1;

        public override DataViewSchema Schema => view.Schema;

        public override long Position => _position;

        public override long Batch => 0;

        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = new((ulong)_position, 0);

        public override bool MoveNext() => ++_position == 0;

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => view._columns[column.Index].Getter as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"Column '{column.Name}' holds {column.Type}; it cannot be read as {typeof(TValue)}.");
    }
}
