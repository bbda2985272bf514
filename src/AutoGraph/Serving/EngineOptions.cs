using AutoGraph.Core.Interpretation;
using AutoGraph.Core.Validation;

namespace AutoGraph;

/// <summary>How an engine works, beside model and log.</summary>
/// <remarks>Immutable by contract.</remarks>
public sealed record EngineOptions
{
    /// <summary>An approximate index over the item vectors, for catalogues of hundreds of thousands of items. Default null: every request scores every item.</summary>
    public ApproximateIndexOptions? Index { get; init; }

    /// <summary>
    /// Factors of the items with names, told as reasons: those of <see cref="AutoGraphCatalog.DescribeFactors"/> after
    /// <see cref="Semantics.Interpretation.FactorNaming.NameAsync"/>, or with names of your own. Default none.
    /// </summary>
    public IReadOnlyList<FactorProfile> Factors { get; init; } = [];

    internal static EngineOptions Default { get; } = new();

    /// <summary>Throws an <see cref="ArgumentException"/> that lists every invalid option.</summary>
    internal void Validate()
    {
        Index?.Validate();
        new Problems(nameof(EngineOptions)).Require(Factors is not null, $"{nameof(Factors)}: expected a list, found null").Throw();
    }

    /// <summary>Names by level and code; of several names of one factor the last counts.</summary>
    internal static Dictionary<(int Level, int Code), string> NamesOf(IEnumerable<FactorProfile> factors)
    {
        var names = new Dictionary<(int, int), string>();
        foreach (var factor in factors)
            if (factor is { Side: "item", Name: { } name }) names[(factor.Level, factor.Code)] = name;
        return names;
    }
}
