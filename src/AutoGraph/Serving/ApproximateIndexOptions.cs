using AutoGraph.Core.Validation;

namespace AutoGraph;

/// <summary>What makes the cells of an approximate index.</summary>
public enum IndexCells
{
    /// <summary>k-means over the item vectors when the engine is made: cells fit what is searched, for any model.</summary>
    Vectors,

    /// <summary>The items' codes: nothing to compute, but codes group items by what their texts say, and item vectors follow interactions too.</summary>
    Codes,
}

/// <summary>
/// An inverted file: items lie in cells, a request scores the cells' centroids, then only the items of the best cells. It may miss items that exact search finds:
/// <see cref="RecommendationEngine.MeasureRecall"/> says how many.
/// </summary>
/// <remarks>
/// Holds a second copy of the item vectors. Requests with <see cref="RequestOptions.Allow"/>, <see cref="RequestOptions.ContentWeight"/> or
/// <see cref="RequestOptions.Exact"/> score all items, as do similar items. Immutable by contract.
/// </remarks>
public sealed record ApproximateIndexOptions
{
    /// <summary>What makes the cells. Default <see cref="IndexCells.Vectors"/>.</summary>
    public IndexCells Cells { get; init; }

    /// <summary>Number of cells for <see cref="IndexCells.Vectors"/>, 1 to 65,536. Default null: 2·√items.</summary>
    public int? CellCount { get; init; }

    /// <summary>Levels of the codes that make a cell for <see cref="IndexCells.Codes"/>, 1 or 2. Default 1.</summary>
    public int CodeLevels { get; init; } = 1;

    /// <summary>Cells searched per request, at least 1; more of them where filters leave too few items. Default 64.</summary>
    public int Probes { get; init; } = 64;

    /// <summary>Throws an <see cref="ArgumentException"/> that lists every invalid option.</summary>
    internal void Validate() => new Problems(nameof(ApproximateIndexOptions))
        .Range(nameof(CellCount), CellCount ?? 1, 1, 65_536)
        .Range(nameof(CodeLevels), CodeLevels, 1, 2)
        .Range(nameof(Probes), Probes, 1, int.MaxValue)
        .Require(Enum.IsDefined(Cells), $"{nameof(Cells)}: expected a value of {nameof(IndexCells)}, found {(int)Cells}")
        .Throw();
}
