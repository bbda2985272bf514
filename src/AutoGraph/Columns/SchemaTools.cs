using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>Shapes of schemas for <c>GetOutputSchema</c>, by public means.</summary>
internal static class SchemaTools
{
    /// <summary>The input's shape with columns added; a column of the same name is hidden.</summary>
    internal static SchemaShape Add(SchemaShape input, params DataViewSchema.DetachedColumn[] added)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(added);
        return new SchemaShape(input.Where(column => !added.Any(own => own.Name == column.Name)).Concat(Shape(builder.ToSchema())));
    }

    /// <summary>The shape of a schema.</summary>
    // SchemaShape's constructors of columns are internal, but EstimatorChain.Fit hands its first estimator the shape of
    // the data: be that estimator.
    internal static SchemaShape Shape(DataViewSchema schema)
    {
        var probe = new Probe();
        new EstimatorChain<ITransformer>().Append(probe).Fit(new EmptyView(schema));
        return probe.Seen!;
    }

    private sealed class Probe : IEstimator<ITransformer>
    {
        internal SchemaShape? Seen { get; private set; }

        public SchemaShape GetOutputSchema(SchemaShape inputSchema) => Seen = inputSchema;

        public ITransformer Fit(IDataView input) => new TransformerChain<ITransformer>();
    }

    private sealed class EmptyView(DataViewSchema schema) : IDataView
    {
        public DataViewSchema Schema => schema;

        public bool CanShuffle => false;

        public long? GetRowCount() => 0;

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => throw new NotSupportedException("The view has a schema only.");

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => throw new NotSupportedException("The view has a schema only.");
    }
}
