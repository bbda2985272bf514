using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>Keeps an input column's values of the rows of one batch.</summary>
internal abstract class ColumnBuffer
{
    internal abstract void Read(int slot);

    internal abstract Delegate Getter(Func<int> slot);

    internal static ColumnBuffer Create(DataViewRow row, DataViewSchema.Column column, int size)
    {
        var type = column.Type is VectorDataViewType vector
            ? typeof(VectorBuffer<>).MakeGenericType(vector.ItemType.RawType)
            : typeof(ScalarBuffer<>).MakeGenericType(column.Type.RawType);
        return (ColumnBuffer)Activator.CreateInstance(type, row, column, size)!;
    }

    private sealed class ScalarBuffer<T>(DataViewRow row, DataViewSchema.Column column, int size) : ColumnBuffer
    {
        private readonly T[] _values = new T[size];
        private readonly ValueGetter<T> _get = row.GetGetter<T>(column);

        internal override void Read(int slot)
        {
            T value = default!;   // a fresh value: the source may write into a buffer that an earlier slot still holds
            _get(ref value);
            _values[slot] = value;
        }

        internal override Delegate Getter(Func<int> slot) => (ValueGetter<T>)((ref T value) => value = _values[slot()]);
    }

    private sealed class VectorBuffer<T>(DataViewRow row, DataViewSchema.Column column, int size) : ColumnBuffer
    {
        private readonly VBuffer<T>[] _values = new VBuffer<T>[size];
        private readonly ValueGetter<VBuffer<T>> _get = row.GetGetter<VBuffer<T>>(column);

        internal override void Read(int slot) => _get(ref _values[slot]);

        internal override Delegate Getter(Func<int> slot) => (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => _values[slot()].CopyTo(ref value));
    }
}
