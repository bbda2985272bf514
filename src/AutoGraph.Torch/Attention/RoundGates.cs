namespace AutoGraph.Torch.Attention;

/// <summary>How much the interaction paths are used in one round: what their messages are multiplied by, 0 before training.</summary>
/// <param name="ItemsToUsers">i→u.</param>
/// <param name="UsersToItems">u→i.</param>
public sealed record RoundGates(float ItemsToUsers, float UsersToItems);
