using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace AutoGraph;

/// <summary>A transformer that adds columns and computes many rows at once while ML.NET pulls them one by one.</summary>
/// <remarks>
/// Rows keep their order and ids; shuffling, parallel cursors, <c>Cache</c>, <c>Preview</c> and <c>PredictionEngine</c>
/// work as with ML.NET's own transformers. Immutable once fitted, and safe for concurrent use.
/// </remarks>
public abstract class BatchTransformer : ITransformer
{
    private protected BatchTransformer(int batchSize) => BatchSize = batchSize;

    internal int BatchSize { get; }

    /// <summary>Name under which <see cref="ModelParts"/> loads the transformer.</summary>
    private protected abstract string Kind { get; }

    /// <summary>Input columns that rows of this schema are computed from; throws where they are missing or of a wrong type.</summary>
    internal abstract IEnumerable<string> Inputs(DataViewSchema schema);

    /// <summary>The columns added.</summary>
    internal abstract DataViewSchema.DetachedColumn[] Outputs();

    /// <summary>Working memory for a cursor over <paramref name="input"/>.</summary>
    /// <param name="input">A row in which all of <see cref="Inputs"/> are active.</param>
    /// <param name="size">Number of slots.</param>
    /// <param name="wanted">Which of <see cref="Outputs"/> will be read.</param>
    internal abstract RowBatch NewBatch(DataViewRow input, int size, bool[] wanted);

    private protected abstract void Write(PartWriter part);

    void ICanSaveModel.Save(ModelSaveContext ctx) => ModelIo.Save(ctx, Kind, Write);

    bool ITransformer.IsRowToRowMapper => true;

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => new BatchMapper(this, inputSchema);

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => new BatchMapper(this, inputSchema).OutputSchema;

    /// <inheritdoc/>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new BatchView(new BatchMapper(this, input.Schema), input);
    }
}
