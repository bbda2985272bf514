namespace AutoGraph.Experiments;

/// <summary>How a simulated online test goes.</summary>
/// <param name="Days">Days; every user comes once a day.</param>
/// <param name="Slots">Books shown at each visit.</param>
/// <param name="Splits">Times that the users are split anew for the A/A check.</param>
internal sealed record OnlineTestOptions(int Days, int Slots, int Splits);
