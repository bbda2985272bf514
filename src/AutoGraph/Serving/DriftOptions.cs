using AutoGraph.Core.Validation;

namespace AutoGraph;

/// <summary>When new rows count as different from those of the training.</summary>
/// <remarks>Immutable by contract.</remarks>
public sealed record DriftOptions
{
    /// <summary>New rows from which on a refit is advised, 1 to 1,000,000. Default 100: of fewer rows the figures say little.</summary>
    public int LeastRows { get; init; } = 100;

    /// <summary>Rows looked at on each side at most, 1 to 10,000,000: an even part of the training rows, and the latest new ones. Default 10,000.</summary>
    public int MostRows { get; init; } = 10_000;

    /// <summary>A refit is advised where <see cref="LevelDrift.Explained"/> of the last level is lower, 0 to 1. Default 0.5.</summary>
    public double LeastExplained { get; init; } = 0.5;

    /// <summary>A refit is advised where <see cref="LevelDrift.LoadExcess"/> of level 0 is higher, 0 to 1. Default 0.15.</summary>
    public double HighLoadExcess { get; init; } = 0.15;

    internal static DriftOptions Default { get; } = new();

    /// <summary>Throws an <see cref="ArgumentException"/> that lists every invalid option.</summary>
    internal void Validate() => new Problems(nameof(DriftOptions))
        .Range(nameof(LeastRows), LeastRows, 1, 1_000_000)
        .Range(nameof(MostRows), MostRows, 1, 10_000_000)
        .Range(nameof(LeastExplained), LeastExplained, 0, 1)
        .Range(nameof(HighLoadExcess), HighLoadExcess, 0, 1)
        .Throw();
}
