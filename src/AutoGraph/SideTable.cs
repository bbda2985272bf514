using AutoGraph.Semantics.ItemGraphs;
using Microsoft.ML;

namespace AutoGraph;

/// <summary>The table of users or items that interactions refer to, and how its codes are made.</summary>
/// <param name="Data">One row per user or item.</param>
/// <param name="IdColumn">Id: text, a key or a whole number; distinct.</param>
/// <param name="CodesPipeline">Steps 1 and 2 for this table, fitted inside the estimator that takes the table and saved with the model; null where <paramref name="Data"/> has codes already (or where none are needed).</param>
/// <remarks>Immutable by contract.</remarks>
public sealed record SideTable(IDataView Data, string IdColumn, IEstimator<ITransformer>? CodesPipeline = null)
{
    /// <summary>The column of codes, a vector of keys, made by <see cref="CodesPipeline"/> or there already. Default "Codes".</summary>
    public string CodesColumn { get; init; } = "Codes";

    /// <summary>
    /// The column of semantic vectors that <see cref="CodesPipeline"/> makes on its way to codes, or that is there already; read by
    /// <see cref="Enhancement.Kar"/> where it exists. Default "Semantics".
    /// </summary>
    public string SemanticColumn { get; init; } = "Semantics";

    /// <summary>
    /// The column of texts of <see cref="Data"/> whose shared phrases join items for <see cref="Enhancement.Ccgnn"/>, which alone reads it; of the item table. Default null: none.
    /// Texts for semantic vectors are named in the step that makes them.
    /// </summary>
    public string? PhraseTextColumn { get; init; }

    /// <summary>Which phrases of <see cref="PhraseTextColumn"/> count; null for the defaults.</summary>
    public PhraseGraphOptions? Phrases { get; init; }

    /// <summary>
    /// The column of <see cref="Data"/> with the ids of similar rows, a vector, for <see cref="Enhancement.TopoI2I"/>; of the item table.
    /// <c>ItemSimilarity</c> of AutoGraph.Semantics finds them, <see cref="DataOperations.NeighborIds"/> makes the column. Default null: none.
    /// </summary>
    public string? NeighborsColumn { get; init; }

    /// <summary>
    /// The columns of <see cref="Data"/> that the recommender reads as features. Text, keys, whole numbers and booleans are
    /// categories, vectors of text, keys or whole numbers multi-valued categories, other numbers and vectors (of Single, Double or booleans) are standardised. Default null: every column
    /// that can serve, but those named above, the quantized vectors beside the codes, texts that hardly repeat (more than 90 % of those that are there distinct), and what
    /// <see cref="DataOperations"/> makes of training interactions, with what our steps make of that: it tells the targets of training samples. The log of <c>Fit</c> names the columns read.
    /// </summary>
    public IReadOnlyList<string>? Features { get; init; }
}
