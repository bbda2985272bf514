using System.Buffers;
using Microsoft.ML;
using Microsoft.ML.Data;
using Parquet;
using Parquet.Schema;

namespace AutoGraph;

/// <summary>One column of a view on its way to a file: collects the rows of a row group.</summary>
internal abstract class ParquetColumn(Field target)
{
    internal Field Field { get; } = target;

    /// <summary>The known size of a vector column that every row kept so far; null where there is none.</summary>
    internal virtual int? KeptSize => null;

    /// <summary>Takes the value of the row that the cursor stands on.</summary>
    internal abstract void Append();

    /// <summary>Writes what was taken, and forgets it.</summary>
    internal abstract Task WriteAsync(ParquetRowGroupWriter group, DataField target, CancellationToken cancellationToken);

    /// <exception cref="ArgumentException">A file cannot hold such a column.</exception>
    internal static void Check(DataViewSchema.Column column)
    {
        var item = column.Type is VectorDataViewType vector ? vector.ItemType : column.Type;
        bool serves = item is TextDataViewType or BooleanDataViewType or NumberDataViewType || column.Type is DateTimeDataViewType;
        if (!serves) throw new ArgumentException(
            $"Expected text, truth values, numbers, times, or vectors of text, truth values or numbers in column '{column.Name}', found {column.Type}. {(item is KeyDataViewType ? "Append MapKeyToValue first." : "Drop the column first.")}");
    }

    // texts are optional, though none is missing: the library's own deserializer takes them for that
    internal static ParquetColumn Of(DataViewRow row, DataViewSchema.Column column) => column.Type switch
    {
        TextDataViewType => new Text(row, column),
        DateTimeDataViewType => new Scalar<DateTime>(row, column, new DateTimeDataField(column.Name, DateTimeFormat.DateAndTimeMicros, isNullable: false)),
        VectorDataViewType { ItemType: TextDataViewType } => new Vector<ReadOnlyMemory<char>>(row, column, new DataField("element", typeof(string))),
        VectorDataViewType vector => Dispatch(nameof(VectorOf), vector.ItemType.RawType, row, column),
        _ => Dispatch(nameof(ScalarOf), column.Type.RawType, row, column),
    };

    private static Scalar<T> ScalarOf<T>(DataViewRow row, DataViewSchema.Column column) where T : struct => new Scalar<T>(row, column, new DataField<T>(column.Name));

    private static Vector<T> VectorOf<T>(DataViewRow row, DataViewSchema.Column column) where T : struct => new Vector<T>(row, column, new DataField<T>("element"));

    private static ParquetColumn Dispatch(string method, Type type, DataViewRow row, DataViewSchema.Column column) =>
        (ParquetColumn)typeof(ParquetColumn).GetMethod(method, System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!.MakeGenericMethod(type).Invoke(null, [row, column])!;

    private sealed class Text(DataViewRow row, DataViewSchema.Column column) : ParquetColumn(new DataField(column.Name, typeof(string)))
    {
        private readonly ValueGetter<ReadOnlyMemory<char>> _get = row.GetGetter<ReadOnlyMemory<char>>(column);
        private readonly List<string> _values = [];
        private ReadOnlyMemory<char> _value;

        internal override void Append()
        {
            _get(ref _value);
            _values.Add(_value.ToString());
        }

        internal override async Task WriteAsync(ParquetRowGroupWriter group, DataField target, CancellationToken cancellationToken)
        {
            await group.WriteAsync(target, _values).ConfigureAwait(false);
            _values.Clear();
        }
    }

    private sealed class Scalar<T>(DataViewRow row, DataViewSchema.Column column, DataField field) : ParquetColumn(field) where T : struct
    {
        private readonly ValueGetter<T> _get = row.GetGetter<T>(column);
        private readonly ArrayBufferWriter<T> _values = new();
        private T _value;

        internal override void Append()
        {
            _get(ref _value);
            _values.Write([_value]);
        }

        internal override async Task WriteAsync(ParquetRowGroupWriter group, DataField target, CancellationToken cancellationToken)
        {
            await group.WriteAsync(target, _values.WrittenMemory, cancellationToken: cancellationToken).ConfigureAwait(false);
            _values.ResetWrittenCount();
        }
    }

    /// <summary>
    /// A list. Its levels (Dremel, Melnik et al. 2010): repetition 0 begins a row, 1 goes on with it; the highest definition is a value, 1 a list without any.
    /// </summary>
    private sealed class Vector<T>(DataViewRow row, DataViewSchema.Column column, DataField element) : ParquetColumn(new ListField(column.Name, element)) where T : struct
    {
        private const int EmptyList = 1;
        private readonly ValueGetter<VBuffer<T>> _get = row.GetGetter<VBuffer<T>>(column);
        private readonly ArrayBufferWriter<T> _values = new();
        private readonly ArrayBufferWriter<int> _definitions = new(), _repetitions = new();
        private VBuffer<T> _value;
        private int? _size = column.Type is VectorDataViewType { Size: > 0 and var size } ? size : null;

        internal override int? KeptSize => _size;

        internal override void Append()
        {
            _get(ref _value);
            if (_value.Length != _size) _size = null;      // MapValue, for one, gives empty vectors for keys that it does not know
            int place = 0;
            foreach (var value in _value.DenseValues())
            {
                _values.Write([value]);
                _definitions.Write([element.MaxDefinitionLevel]);
                _repetitions.Write([place++ == 0 ? 0 : 1]);
            }
            if (place > 0) return;
            _definitions.Write([EmptyList]);
            _repetitions.Write([0]);
        }

        internal override async Task WriteAsync(ParquetRowGroupWriter group, DataField target, CancellationToken cancellationToken)
        {
            await group.WriteAllPartsAsync(target, _values.WrittenMemory, _definitions.WrittenMemory, _repetitions.WrittenMemory, cancellationToken).ConfigureAwait(false);
            _values.ResetWrittenCount();
            _definitions.ResetWrittenCount();
            _repetitions.ResetWrittenCount();
        }
    }
}
