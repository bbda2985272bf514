using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>Looks a batch ahead over one input cursor, so that added columns are computed for many rows at once.</summary>
/// <remarks>What the batch passes by of the input (values, ids, batch numbers) is kept until its row is served.</remarks>
internal sealed class BatchCursor : DataViewRowCursor
{
    private readonly BatchMapper _mapper;
    private readonly DataViewRowCursor _input;
    private readonly bool[] _active;
    private readonly RowBatch? _batch;
    private readonly ColumnBuffer?[] _buffers;
    private readonly DataViewRowId[] _ids;
    private readonly long[] _batchNumbers;
    private readonly ValueGetter<DataViewRowId> _getId;
    private int _slot;
    private int _count;
    private long _served;
    private bool _ended;

    internal BatchCursor(BatchMapper mapper, DataViewRowCursor input, bool[] active)
    {
        (_mapper, _input, _active, _getId) = (mapper, input, active, input.GetIdGetter());
        int size = mapper.Computes(active) ? mapper.Owner.BatchSize : 1;
        (_ids, _batchNumbers, _buffers) = (new DataViewRowId[size], new long[size], new ColumnBuffer?[mapper.FirstOutput]);
        _batch = mapper.NewBatch(input, size, active);
        for (int i = 0; i < _buffers.Length; i++)
            if (active[i]) _buffers[i] = ColumnBuffer.Create(input, mapper.InputSchema[i], size);
    }

    public override DataViewSchema Schema => _mapper.OutputSchema;

    public override long Position => _ended ? -1 : _served - 1;

    // ML.NET merges parallel cursors by these numbers: each row keeps the one of its input row.
    public override long Batch => _batchNumbers[_slot];

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) =>
    {
        CheckOnRow();
        value = _ids[_slot];
    };

    public override bool MoveNext()
    {
        if (_ended) return false;
        if (_slot + 1 < _count) _slot++;
        else if (!Fill()) return false;
        if (_batch is not null) _batch.Current = _slot;
        _served++;
        return true;
    }

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        int index = column.Index;
        if (!_active[index]) throw new InvalidOperationException($"Column '{column.Name}' was not asked for when the cursor was made.");
        var getter = (index < _mapper.FirstOutput ? _buffers[index]!.Getter(() => _slot) : _batch!.Getter(index - _mapper.FirstOutput)) as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"Column '{column.Name}' holds {column.Type}; it cannot be read as {typeof(TValue)}.");
        return (ref TValue value) =>
        {
            CheckOnRow();
            getter(ref value);
        };
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _batch?.Dispose();
            _input.Dispose();
        }
        base.Dispose(disposing);
    }

    private bool Fill()
    {
        (_slot, _count, _ended) = (0, 0, true);      // where reading or computing throws, no row of the batch is served
        int count = 0;
        for (; count < _ids.Length && _input.MoveNext(); count++)
        {
            _getId(ref _ids[count]);
            _batchNumbers[count] = _input.Batch;
            foreach (var buffer in _buffers) buffer?.Read(count);
            _batch?.Read(count);
        }
        if (count == 0) return false;
        _batch?.Run(count);
        (_count, _ended) = (count, false);
        return true;
    }

    private void CheckOnRow()
    {
        if (_served == 0 || _ended) throw new InvalidOperationException("The cursor stands on no row: call MoveNext first.");
    }
}
