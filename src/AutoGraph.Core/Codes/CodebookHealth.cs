namespace AutoGraph.Core.Codes;

/// <summary>How well one level's codes are used.</summary>
/// <param name="ActiveRatio">Part of the codes that some row uses, 0 to 1 (goal: above 0.9).</param>
/// <param name="Perplexity">exp of the entropy of code use, 1 to K.</param>
public sealed record LevelHealth(double ActiveRatio, double Perplexity);

/// <summary>Health of a fitted quantizer over the rows it was fitted on (method: "Residual quantization").</summary>
/// <param name="Levels">One entry per level, coarsest first.</param>
/// <param name="CollisionRate">Part of the rows whose whole id another row has too, 0 to 1.</param>
/// <param name="RelativeError">Reconstruction error Σ‖v − v̂‖² / Σ‖v − v̄‖²; 1 is no better than the mean.</param>
public sealed record CodebookHealth(IReadOnlyList<LevelHealth> Levels, double CollisionRate, double RelativeError);
