namespace AutoGraph.Core.Interpretation;

/// <summary>Where a code vector stands on a map.</summary>
/// <param name="Level">Level of the code.</param>
/// <param name="Code">The code.</param>
/// <param name="X">First coordinate.</param>
/// <param name="Y">Second coordinate.</param>
public sealed record CodebookPoint(int Level, int Code, double X, double Y);
