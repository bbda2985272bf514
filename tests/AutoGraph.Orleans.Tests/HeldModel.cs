using System.Collections.Concurrent;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph.Orleans.Tests;

/// <summary>A model whose partitions take a while, so that there is a middle of a job.</summary>
internal sealed class HeldModel(ITransformer model, string name) : ITransformer
{
    private static readonly ConcurrentDictionary<string, int> Begun = new();

    internal static readonly TimeSpan Each = TimeSpan.FromMilliseconds(150);

    /// <summary>What silos do with models to hold them.</summary>
    internal static Func<AutoGraphCatalog, ITransformer, ITransformer> Under(string name) => (_, model) => new HeldModel(model, name);

    public bool IsRowToRowMapper => model.IsRowToRowMapper;

    /// <summary>Partitions that were begun under a name.</summary>
    internal static int Count(string name) => Begun.GetValueOrDefault(name);

    public IDataView Transform(IDataView input)
    {
        Begun.AddOrUpdate(name, 1, (_, count) => count + 1);
        Thread.Sleep(Each);
        return model.Transform(input);
    }

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => model.GetOutputSchema(inputSchema);

    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => model.GetRowToRowMapper(inputSchema);

    public void Save(ModelSaveContext ctx) => throw new NotSupportedException();
}
