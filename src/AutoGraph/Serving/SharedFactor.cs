namespace AutoGraph;

/// <summary>A latent factor of the item side that a recommended item and items of the history share.</summary>
/// <param name="Level">Level of the code, 0 is the coarsest.</param>
/// <param name="Code">The code within its level.</param>
/// <param name="HistoryItems">The items of the history that have it, latest first.</param>
public sealed record SharedFactor(int Level, int Code, IReadOnlyList<string> HistoryItems)
{
    /// <summary>Whose factor it is; so far always "item".</summary>
    public string Side { get; init; } = "item";

    /// <summary>What people call it, from <see cref="EngineOptions.Factors"/>; null where it has no name.</summary>
    public string? Name { get; init; }
}
