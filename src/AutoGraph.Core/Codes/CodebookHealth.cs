namespace AutoGraph.Core.Codes;

/// <summary>How well one level's codes are used, and what they tell of the vectors.</summary>
/// <param name="ActiveRatio">Part of the level's codes that some row uses, 0 to 1 (goal: above 0.9).</param>
/// <param name="Perplexity">exp of the entropy of code use, 1 to the number of codes.</param>
/// <param name="RelativeError">Σ‖v − v̂‖² / Σ‖v − v̄‖² with v̂ from the codes up to this level; 1 is no better than the mean.</param>
/// <param name="RandomError">The same where every row has the codes of another row, drawn at random: the control. About 2 − <paramref name="RelativeError"/> for codes that say something, the same as it for codes that say nothing.</param>
public sealed record LevelHealth(double ActiveRatio, double Perplexity, double RelativeError, double RandomError);

/// <summary>Health of a fitted quantizer over the rows it was fitted on (paper §3.2.2).</summary>
/// <param name="Levels">One entry per level, coarsest first.</param>
/// <param name="CollisionRate">Part of the rows whose whole id another row has too, 0 to 1.</param>
/// <param name="RandomCollisionRate">The part to expect if the levels had nothing to do with each other: 1 − (1 − Π_t Σ_k p²)^(N − 1) with the shares p of a level's codes.</param>
public sealed record CodebookHealth(IReadOnlyList<LevelHealth> Levels, double CollisionRate, double RandomCollisionRate)
{
    /// <summary>Relative reconstruction error from the codes of all levels.</summary>
    public double RelativeError => Levels.Count == 0 ? double.NaN : Levels[^1].RelativeError;

    /// <summary>One line per level and one for whole ids.</summary>
    public override string ToString() => string.Join('\n', Levels.Select((level, i) => FormattableString.Invariant(
            $"level {i}: {level.ActiveRatio:P1} of the codes in use, perplexity {level.Perplexity:F1}, relative error {level.RelativeError:F3} (random codes {level.RandomError:F3})"))
        .Append(FormattableString.Invariant($"whole ids: {CollisionRate:P1} of the rows share theirs (independent levels {RandomCollisionRate:P1})")));
}
