using AutoGraph.Core.Features;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>Turns the columns of a side table into features.</summary>
internal sealed class FeatureEncoder(IReadOnlyList<FieldEncoder> fields)
{
    // Texts that hardly repeat (titles, descriptions) are a second id, not a category.
    private const double DistinctTextLimit = 0.9;

    internal IReadOnlyList<FieldEncoder> Fields => fields;

    /// <summary>Learns the features of a table.</summary>
    /// <param name="table">The table; its <see cref="SideTable.Features"/> say which columns.</param>
    internal static FeatureEncoder Fit(SideTable table)
    {
        if (table.Features is { } names)
            return new([.. names.Select(name => FieldEncoder.Fit(table.Data, name) ?? throw Unfit(table, name))]);
        var fields = new List<FieldEncoder>();
        string?[] named = [table.IdColumn, table.CodesColumn, table.SemanticColumn, table.PhraseTextColumn, table.NeighborsColumn, ResidualQuantizerTransformer.QuantizedColumn(table.CodesColumn)];
        foreach (var column in table.Data.Schema.Where(column => !column.IsHidden && !named.Contains(column.Name)))
        {
            if (FromTraining.Made(column) || FieldEncoder.Fit(table.Data, column.Name) is not { } field) continue;
            if (field is CategoricalEncoder category && column.Type is TextDataViewType && category.Vocabulary.Count > DistinctTextLimit * category.Rows) continue;
            fields.Add(field);
        }
        return new(fields);
    }

    internal FeatureTable Encode(IDataView view, int rows) => new(rows, [.. fields.Select(field => field.Encode(view))]);

    internal void Write(BinaryWriter writer)
    {
        writer.Write(fields.Count);
        foreach (var field in fields) field.Write(writer);
    }

    internal static FeatureEncoder Read(BinaryReader reader)
    {
        var fields = new List<FieldEncoder>();
        for (int count = reader.ReadInt32(); count > 0; count--) fields.Add(FieldEncoder.Read(reader));
        return new(fields);
    }

    private static ArgumentException Unfit(SideTable table, string name) =>
        new($"Expected text, keys, numbers, booleans or vectors of them in the feature column '{name}', found {table.Data.Schema[name].Type}. Convert the column or leave it out of Features.");
}
