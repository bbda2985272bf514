namespace AutoGraph.Torch.Attention;

/// <summary>
/// How much each path is used (<see cref="MetapathGraphOptions.Gates"/>): what the messages of the path are multiplied by, 0 before
/// training; null where the path is switched off.
/// </summary>
/// <param name="UserSemantic">u→q→u.</param>
/// <param name="ItemSemantic">i→q→i.</param>
/// <param name="ItemsToUsers">i→u in the first round.</param>
/// <param name="UsersToItems">u→i in the first round.</param>
public sealed record MetapathGates(float? UserSemantic, float? ItemSemantic, float? ItemsToUsers, float? UsersToItems)
{
    /// <summary>The interaction paths in rounds 2 to <see cref="MetapathGraphOptions.Layers"/>; null where there are none.</summary>
    public IReadOnlyList<RoundGates>? LaterRounds { get; init; }
}
