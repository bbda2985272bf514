namespace AutoGraph.Torch.Attention;

/// <summary>
/// How much each path is used (<see cref="MetapathGraphOptions.Gates"/>): what the messages of the path are multiplied by, 0 before
/// training; null where the path is switched off.
/// </summary>
/// <param name="UserSemantic">u→q→u.</param>
/// <param name="ItemSemantic">i→q→i.</param>
/// <param name="ItemsToUsers">i→u.</param>
/// <param name="UsersToItems">u→i.</param>
public sealed record MetapathGates(float? UserSemantic, float? ItemSemantic, float? ItemsToUsers, float? UsersToItems);
