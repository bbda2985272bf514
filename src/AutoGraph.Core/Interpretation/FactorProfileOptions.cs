using AutoGraph.Core.Validation;

namespace AutoGraph.Core.Interpretation;

/// <summary>How much is told of each factor.</summary>
public sealed record FactorProfileOptions
{
    /// <summary>Whose factors these are, as shown to people and to language models. Default "item".</summary>
    public string Side { get; init; } = "item";

    /// <summary>Typical rows listed per factor, 0 to 1,000. Default 5.</summary>
    public int TypicalRows { get; init; } = 5;

    /// <summary>Terms listed per factor, 0 to 1,000. Default 8.</summary>
    public int Terms { get; init; } = 8;

    /// <summary>
    /// Least z-score of a listed term, 0 to 100. Default null: Φ⁻¹(1 − .05 / m), m being the terms of the factor that occur in <see cref="LeastRows"/> rows, so that
    /// of a factor without a theme at most one in twenty lists any term (Bonferroni): 2.8 for 20 terms, 3.9 for 1,000.
    /// </summary>
    public double? LeastZScore { get; init; }

    /// <summary>Rows of a factor that a listed term must occur in, 1 or more; a factor of fewer rows needs all of them. Default 2, so that no single row speaks for its factor.</summary>
    public int LeastRows { get; init; } = 2;

    /// <summary>
    /// Weight α₀ of the prior, in occurrences of terms, 0.01 to 1e9: every count is pulled towards the shares of all rows together as if
    /// this many further terms had been drawn from them. Default 500, about the terms of five to ten paragraphs.
    /// </summary>
    public double PriorWeight { get; init; } = 500;

    /// <summary>Throws an <see cref="ArgumentException"/> that lists every invalid option.</summary>
    internal void Validate() => new Problems(nameof(FactorProfileOptions))
        .Require(!string.IsNullOrWhiteSpace(Side), $"{nameof(Side)}: expected a word such as \"item\", found a blank one")
        .Range(nameof(TypicalRows), TypicalRows, 0, 1000)
        .Range(nameof(Terms), Terms, 0, 1000)
        .Range(nameof(LeastZScore), LeastZScore ?? 0, 0, 100)
        .Range(nameof(LeastRows), LeastRows, 1, int.MaxValue)
        .Range(nameof(PriorWeight), PriorWeight, 0.01, 1e9)
        .Throw();
}
