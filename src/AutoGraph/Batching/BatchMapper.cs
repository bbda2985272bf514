using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>A <see cref="BatchTransformer"/> bound to an input schema: which columns come from where.</summary>
internal sealed class BatchMapper : IRowToRowMapper
{
    private readonly string[] _inputs;

    internal BatchMapper(BatchTransformer owner, DataViewSchema input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _inputs = [.. owner.Inputs(input)];
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(input);
        bool fromTraining = _inputs.Any(name => FromTraining.Made(input[name]));
        builder.AddColumns(owner.Outputs().Select(column => fromTraining ? FromTraining.Marked(column) : column));
        (Owner, InputSchema, OutputSchema) = (owner, input, builder.ToSchema());
    }

    internal BatchTransformer Owner { get; }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    /// <summary>Index of the first added column.</summary>
    internal int FirstOutput => InputSchema.Count;

    internal bool[] Active(IEnumerable<DataViewSchema.Column> columns)
    {
        var active = new bool[OutputSchema.Count];
        foreach (var column in columns) active[column.Index] = true;
        return active;
    }

    internal bool Computes(bool[] active) => active.AsSpan(FirstOutput).Contains(true);

    /// <summary>The input columns behind the active ones.</summary>
    internal DataViewSchema.Column[] Dependencies(bool[] active)
    {
        var needed = active[..FirstOutput];
        if (Computes(active))
            foreach (string name in _inputs) needed[InputSchema[name].Index] = true;
        return [.. InputSchema.Where(column => needed[column.Index])];
    }

    internal RowBatch? NewBatch(DataViewRow input, int size, bool[] active) =>
        Computes(active) ? Owner.NewBatch(input, size, active[FirstOutput..]) : null;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns) => Dependencies(Active(dependingColumns));

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns) => new MappedRow(this, input, Active(activeColumns));
}
