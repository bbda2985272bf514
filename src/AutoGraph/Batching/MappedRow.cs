using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>One mapped row (what <c>PredictionEngine</c> reads): a batch of one, computed once per input position.</summary>
internal sealed class MappedRow : DataViewRow
{
    private readonly BatchMapper _mapper;
    private readonly DataViewRow _input;
    private readonly bool[] _active;
    private readonly RowBatch? _batch;
    private long _computed = long.MinValue;

    internal MappedRow(BatchMapper mapper, DataViewRow input, bool[] active) =>
        (_mapper, _input, _active, _batch) = (mapper, input, active, mapper.NewBatch(input, 1, active));

    public override DataViewSchema Schema => _mapper.OutputSchema;

    public override long Position => _input.Position;

    public override long Batch => _input.Batch;

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

    public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        int index = column.Index;
        if (!_active[index]) throw new InvalidOperationException($"Column '{column.Name}' was not asked for when the row was made.");
        if (index < _mapper.FirstOutput) return _input.GetGetter<TValue>(_mapper.InputSchema[index]);
        var getter = _batch!.Getter(index - _mapper.FirstOutput) as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"Column '{column.Name}' holds {column.Type}; it cannot be read as {typeof(TValue)}.");
        return (ref TValue value) =>
        {
            if (_computed != _input.Position)
            {
                _batch.Read(0);
                _batch.Run(1);
                _computed = _input.Position;
            }
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
}
