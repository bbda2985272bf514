using AutoGraph.Core.Features;
using AutoGraph.Torch.Attention;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>What the side tables say about the nodes of the graph: semantic vectors, and codebooks where the pipeline that made the codes is known.</summary>
internal static class SideContent
{
    /// <summary>Throws where neither table will have semantic vectors, which can be known before any pipeline is fitted.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    internal static void Check(SideTable users, SideTable items)
    {
        if (HasVectors(users) || HasVectors(items)) return;
        throw new ArgumentException($"Expected a vector column '{users.SemanticColumn}' of the user table or '{items.SemanticColumn}' of the item table for {nameof(MetapathGraphOptions.ContentNodes)}, found neither. Name it as SideTable.{nameof(SideTable.SemanticColumn)}, or switch {nameof(MetapathGraphOptions.ContentNodes)} off.");
    }

    /// <summary>The content of both sides, once their pipelines are fitted.</summary>
    /// <param name="users">The user side.</param>
    /// <param name="items">The item side.</param>
    /// <param name="userTable">Where the user side came from.</param>
    /// <param name="itemTable">Where the item side came from.</param>
    /// <param name="levels">Levels whose factors are nodes.</param>
    internal static GraphContent Of(FittedSide users, FittedSide items, SideTable userTable, SideTable itemTable, int levels) => new()
    {
        Users = Vectors(users), Items = Vectors(items), UserFactors = Codebooks(users, userTable, levels), ItemFactors = Codebooks(items, itemTable, levels),
    };

    private static bool HasVectors(SideTable table)
    {
        var shape = SchemaTools.Shape(table.Data.Schema);
        return (table.CodesPipeline?.GetOutputSchema(shape) ?? shape).TryFindColumn(table.SemanticColumn, out var column) && column.Kind != SchemaShape.Column.VectorKind.Scalar && column.ItemType is NumberDataViewType;
    }

    private static NodeVectors? Vectors(FittedSide side) =>
        side.Features.Fields.OfType<SemanticField>().FirstOrDefault() is { } field ? new(field.Values, field.Width) : null;

    /// <summary>[levels · K, V']: levels of fewer codes are filled up with zeros, which no row has.</summary>
    private static NodeVectors? Codebooks(FittedSide side, SideTable table, int levels)
    {
        if (side.Pipeline is null || TransformerSearch.Flatten(side.Pipeline).OfType<ResidualQuantizerTransformer>().LastOrDefault(part => part.OutputColumn == table.CodesColumn) is not { } quantizer) return null;
        int width = quantizer.Codebook(0).Length / quantizer.LevelSizes[0], size = quantizer.CodebookSize * width;
        var vectors = new float[levels * size];
        for (int level = 0; level < levels; level++) quantizer.Codebook(level).CopyTo(vectors, level * size);
        return new(vectors, width);
    }
}
