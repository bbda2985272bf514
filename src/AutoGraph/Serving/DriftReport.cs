using System.Globalization;
using AutoGraph.Core.Codes;

namespace AutoGraph;

/// <summary>One level of codes in a <see cref="DriftReport"/>.</summary>
/// <param name="Level">The level, 0 is the coarsest.</param>
/// <param name="TrainingError">Σ‖v − v̂‖² / Σ‖v − v̄‖² of training rows with v̂ from the codes up to this level and v̄ their mean; 1 tells them apart no better than that mean.</param>
/// <param name="NewError">The same of new rows, with v̄ the mean of new rows; null where they are all alike, or one alone, or their vectors were not kept.</param>
/// <param name="Load">How new rows spread over the codes.</param>
public sealed record LevelDrift(int Level, double TrainingError, double? NewError, CodeLoad Load)
{
    /// <summary>
    /// What codes explain of new rows, as part of what they explain of training rows: (1 − <see cref="NewError"/>) / (1 − <see cref="TrainingError"/>). 1 is as much, 0 is
    /// nothing, below 0 worse than the mean. Rows that were not fitted on are below 1 without any drift. Null where codes explain nothing of training rows, or
    /// <see cref="NewError"/> is null.
    /// </summary>
    public double? Explained => TrainingError < 1 ? (1 - NewError) / (1 - TrainingError) : null;

    /// <summary>How much farther the spread is than chance has it.</summary>
    public double LoadExcess => Load.Distance - Load.DistanceByChance;
}

/// <summary>Whether rows that joined an engine are still of the kind that its quantizer was fitted on.</summary>
/// <param name="Side">"item" or "user".</param>
/// <param name="TrainingRows">Training rows looked at.</param>
/// <param name="NewRows">New rows looked at; those without a semantic vector and removed ones do not count.</param>
/// <param name="Levels">Figures by level; empty without new rows.</param>
/// <param name="Reasons">Why a refit is advised; empty where it is not.</param>
public sealed record DriftReport(string Side, int TrainingRows, int NewRows, IReadOnlyList<LevelDrift> Levels, IReadOnlyList<string> Reasons)
{
    /// <summary>Whether a refit is advised: enough new rows, and codes that explain too little of them, or a load of level 0 too far from the training's; see <see cref="DriftOptions"/>.</summary>
    public bool Refit => Reasons.Count > 0;

    /// <summary>A line for the rows, one for each level, one for each reason.</summary>
    public override string ToString()
    {
        IEnumerable<string> lines =
        [
            string.Create(CultureInfo.InvariantCulture, $"{NewRows} new {Side}s against {TrainingRows} of the training"),
            .. Levels.Select(level => string.Create(CultureInfo.InvariantCulture,
                $"  level {level.Level}: relative error {(level.NewError is { } error ? $"{error:F3}" : "unknown")} against {level.TrainingError:F3} (explained {(level.Explained is { } explained ? $"{explained:F2}" : "unknown")}), load distance {level.Load.Distance:F3} (by chance {level.Load.DistanceByChance:F3}), most in code {level.Load.HeaviestCode}: {level.Load.HeaviestShare:P1} (of the training {level.Load.HeaviestTrainingShare:P1})")),
            Refit ? $"  refit: {string.Join("; ", Reasons)}" : "  no reason to refit",
        ];
        return string.Join(Environment.NewLine, lines);
    }

    internal static DriftReport Of(string side, int training, int news, IReadOnlyList<LevelDrift> levels, DriftOptions options)
    {
        var reasons = new List<string>();
        if (news >= options.LeastRows && levels.Count > 0)
        {
            if (levels[^1].Explained < options.LeastExplained)
                reasons.Add(string.Create(CultureInfo.InvariantCulture, $"the codes explain {levels[^1].Explained:F2} of what they explain of training {side}s (least {options.LeastExplained:F2})"));
            if (levels[0].LoadExcess > options.HighLoadExcess)
                reasons.Add(string.Create(CultureInfo.InvariantCulture, $"the codes of level 0 are used otherwise, {levels[0].LoadExcess:F2} above chance (allowed {options.HighLoadExcess:F2})"));
        }
        return new(side, training, news, levels, reasons);
    }
}
