using AutoGraph.Core.Codes;
using AutoGraph.Core.Features;
using AutoGraph.Core.Graphs;
using AutoGraph.Core.Interactions;
using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Recommendation;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>A side table read: who is in it, their features, and what made their codes.</summary>
/// <param name="Ids">The entities, in table order.</param>
/// <param name="Encoder">How features are read.</param>
/// <param name="Features">The features.</param>
/// <param name="Pipeline">The fitted codes pipeline, or null.</param>
internal sealed record FittedSide(EntityIndex Ids, FeatureEncoder Encoder, FeatureTable Features, ITransformer? Pipeline)
{
    /// <summary>Codes on each level at most, as many as a quantizer makes.</summary>
    private const int MostCodes = 65_536;

    /// <summary>Phrases of each row's text, for CCGNN; not stored.</summary>
    internal Adjacency? Phrases { get; init; }

    /// <summary>Similar rows of each row, for TopoI2I; not stored.</summary>
    internal Adjacency? Neighbors { get; init; }

    /// <summary>Checks what can be known of a table without reading it.</summary>
    internal static void Check(SideTable table, string side, bool needsCodes)
    {
        var schema = table.Data.Schema;
        ColumnKind.Id.Require(schema, table.IdColumn, $"the {side} id of the {side} table");
        foreach (string name in table.Features ?? [])
            if (schema.GetColumnOrNull(name) is null)
                throw new ArgumentException($"Expected the feature column '{name}' in the {side} table, found only {string.Join(", ", schema.Where(c => !c.IsHidden).Select(c => c.Name))}.");
        if (side == "user" && (table.PhraseTextColumn ?? table.NeighborsColumn) is { } named)
            throw new ArgumentException($"Expected {nameof(SideTable.PhraseTextColumn)} and {nameof(SideTable.NeighborsColumn)} of the item table alone, found '{named}' of the user table: they join items.");
        if ((table.Features ?? schema.Where(c => !c.IsHidden && c.Name != table.IdColumn).Select(c => c.Name)).FirstOrDefault(TrainedFeatures.IsReserved) is { } reserved)
            throw new ArgumentException($"Expected other names than '{reserved}' for features of the {side} table: the model calls fields of its own so. Rename the column, or leave it out of {nameof(SideTable.Features)}.");
        table.Phrases?.Validate();
        if (table.PhraseTextColumn is { } text) ColumnKind.Text.Require(schema, text, $"the texts of the {side} table");
        if (table.NeighborsColumn is { } neighbors) ColumnKind.Ids.Require(schema, neighbors, $"the similar rows of the {side} table");
        if (!needsCodes) return;
        var shape = SchemaTools.Shape(schema);
        ColumnKind.Codes.Require(table.CodesPipeline?.GetOutputSchema(shape) ?? shape, table.CodesColumn, $"the codes of the {side} table");
    }

    /// <summary>Reads ids and features.</summary>
    /// <exception cref="ArgumentException">The table is empty, an id is missing or repeated, or a feature column does not serve.</exception>
    internal static FittedSide Read(SideTable table, string side)
    {
        var ids = ReadIds(table.Data, table.IdColumn);
        if (ids.Count == 0) throw new ArgumentException($"Expected at least one {side}, found an empty {side} table. Check the file and the filters before this step.");
        EntityIndex index;
        try
        {
            index = new EntityIndex(ids);
        }
        catch (ArgumentException error)
        {
            throw new ArgumentException($"Column '{table.IdColumn}' of the {side} table: {error.Message}", error);
        }
        var encoder = FeatureEncoder.Fit(table);
        return new FittedSide(index, encoder, encoder.Encode(table.Data, ids.Count), null)
        {
            Phrases = table.PhraseTextColumn is { } text ? SideGraphs.Phrases(table.Data, text, table.Phrases) : null,
            Neighbors = table.NeighborsColumn is { } neighbors ? SideGraphs.Neighbors(table.Data, neighbors, index) : null,
        };
    }

    /// <summary>Fits the codes pipeline and reads the codes.</summary>
    internal (FittedSide Side, CodeTable Codes) WithCodes(SideTable table, string side)
    {
        var pipeline = table.CodesPipeline?.Fit(table.Data);
        var view = pipeline?.Transform(table.Data) ?? table.Data;
        var column = ColumnKind.Codes.Require(view.Schema, table.CodesColumn, $"the codes of the {side} table");
        var key = (KeyDataViewType)((VectorDataViewType)column.Type).ItemType;
        if (key.Count > MostCodes)
            throw new ArgumentException($"Expected codes of at most {MostCodes} values on each level in column '{table.CodesColumn}' of the {side} table, found keys of {key.Count}: each is a node of the graph. Quantize with ResidualQuantizer, or hash into fewer bits.");
        // Codes belong to rows by position: where the id is still there, it proves that the pipeline kept the rows in order.
        DataViewSchema.Column? id = view.Schema.GetColumnOrNull(table.IdColumn) is { } there && ColumnKind.Id.Accepts(there.Type) ? there : null;
        var (codes, levels, row) = (new List<int>(), 0, 0);
        using (var cursor = view.GetRowCursor(id is { } other ? [column, other] : [column]))
        {
            var (read, readId) = (ColumnReader.Codes(cursor, column), id is { } idColumn ? ColumnReader.Id(cursor, idColumn) : null);
            for (; cursor.MoveNext(); row++)
            {
                if (row < Ids.Count && readId?.Invoke() is { } found && found != Ids[row])
                    throw new ArgumentException($"Expected the codes of '{Ids[row]}' in row {row} of the {side} table, found those of '{found}': the codes pipeline drops or reorders rows. Filter and sort the table before making it a side table.");
                int[] own = read();
                if (row == 0) levels = own.Length;
                if (own.Length != levels || own.Length == 0 || own.Contains(-1))
                    throw new ArgumentException($"Expected {Math.Max(levels, 1)} codes in every row of column '{table.CodesColumn}' of the {side} table, found {(own.Contains(-1) ? "a missing code" : own.Length)} in row {row}. Quantize all rows with one quantizer.");
                codes.AddRange(own);
            }
        }
        if (row != Ids.Count)
            throw new ArgumentException($"Expected codes for the {Ids.Count} rows of the {side} table, found {row}: the codes pipeline drops or adds rows. Filter the table before making it a side table.");
        return (this with { Pipeline = pipeline is null ? null : UpToCodes(pipeline, table), Features = WithSemantics(view, table) }, new CodeTable([.. codes], levels, (int)key.Count));
    }

    /// <summary>The pipeline without what comes after the quantizer of the codes, so that the last quantizer is the one that codes new rows; whole where the semantic vectors are made later.</summary>
    private static ITransformer UpToCodes(ITransformer pipeline, SideTable table)
    {
        ITransformer[] parts = [.. TransformerSearch.Flatten(pipeline)];
        int last = Array.FindLastIndex(parts, part => part is ResidualQuantizerTransformer), place = Array.FindLastIndex(parts, part => part is ResidualQuantizerTransformer quantizer && quantizer.OutputColumn == table.CodesColumn);
        if (place < 0 || place == last) return pipeline;
        var begin = new TransformerChain<ITransformer>(parts[..(place + 1)]);
        bool Makes(ITransformer made) => made.GetOutputSchema(table.Data.Schema).GetColumnOrNull(table.SemanticColumn) is not null;
        return Makes(pipeline) && !Makes(begin) ? pipeline : begin;
    }

    // the rows of the view are known to be those of the table, in its order
    private FeatureTable WithSemantics(IDataView view, SideTable table)
    {
        if (view.Schema.GetColumnOrNull(table.SemanticColumn) is not { Type: VectorDataViewType { ItemType: NumberDataViewType } }
            || Features.Fields.Any(field => field.Name == table.SemanticColumn)) return Features;
        var vectors = VectorTable.Read(view, table.SemanticColumn);
        return new FeatureTable(Features.RowCount, [.. Features.Fields, SemanticField.Scaled(table.SemanticColumn, vectors.Values, vectors.Width)]);
    }

    /// <summary>What a fit read of a table, for the log.</summary>
    internal string Describe(string side) =>
        $"{side} table: {Ids.Count} rows, features: {(Encoder.Fields.Count == 0 ? "none" : string.Join(", ", Encoder.Fields.Select(field => field.Name)))}.";

    /// <summary>A warning where the pipeline makes semantic vectors and the table does not say where they are; else null.</summary>
    internal string? Unread(SideTable table, string side) =>
        Pipeline is { } made && !Features.Fields.OfType<SemanticField>().Any() && TransformerSearch.Flatten(made).OfType<SemanticVectorTransformer>().LastOrDefault() is { } step
            ? $"{side} table: no column '{table.SemanticColumn}' of semantic vectors, so that nothing reads the '{step.OutputColumn}' that the pipeline makes as content. Set {nameof(SideTable)}.{nameof(SideTable.SemanticColumn)} to '{step.OutputColumn}'."
            : null;

    internal static List<string> ReadIds(IDataView view, string idColumn)
    {
        var column = ColumnKind.Id.Require(view.Schema, idColumn, "the id");
        var ids = new List<string>();
        using var cursor = view.GetRowCursor([column]);
        for (var read = ColumnReader.Id(cursor, column); cursor.MoveNext();) ids.Add(read());
        return ids;
    }

    internal void Write(PartWriter part, string name)
    {
        part.State(name, writer =>
        {
            writer.Write(Ids.Count);
            foreach (string id in Ids.Ids) writer.Write(id);
            Encoder.Write(writer);
            writer.Write(Pipeline is not null);
        });
        var features = new TensorDictionary();
        FeatureTensors.Save(Features, features, "");
        part.Tensors(name + "Features", features);
        if (Pipeline is not null) part.Model(name + "Pipeline", Pipeline);
    }

    internal static FittedSide Load(PartReader part, string name)
    {
        var (ids, encoder, hasPipeline) = part.State(name, reader =>
        {
            var ids = new List<string>();
            for (int count = reader.ReadInt32(); count > 0; count--) ids.Add(reader.ReadString());
            return (new EntityIndex(ids), FeatureEncoder.Read(reader), reader.ReadBoolean());
        });
        var tensors = part.Tensors(name + "Features");
        var features = part.Build(name + "Features", () => FeatureTensors.Load(tensors, ""));
        return new FittedSide(ids, encoder, features, hasPipeline ? part.Model(name + "Pipeline") : null);
    }
}
