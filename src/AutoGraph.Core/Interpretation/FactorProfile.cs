namespace AutoGraph.Core.Interpretation;

/// <summary>What one latent factor stands for (paper App. F): the rows nearest to it, and the terms its rows have more often than others.</summary>
/// <param name="Side">Whose factor it is, such as "item".</param>
/// <param name="Level">Level of the code, 0 is the coarsest.</param>
/// <param name="Code">The code within its level.</param>
/// <param name="Rows">Number of rows that have it.</param>
/// <param name="TypicalRows">Its most typical rows, the nearest first.</param>
/// <param name="Terms">Its over-represented terms, the surest first; empty where rows have no terms, or none stands out.</param>
public sealed record FactorProfile(string Side, int Level, int Code, int Rows, IReadOnlyList<TypicalRow> TypicalRows, IReadOnlyList<FactorTerm> Terms)
{
    /// <summary>A name for people, such as a language model gave; null where it has none.</summary>
    public string? Name { get; init; }

    /// <summary>Three lines: which factor, its typical rows, its terms with their z-scores.</summary>
    public override string ToString() => FormattableString.Invariant($"{Side} factor {Level}/{Code}{(Name is null ? "" : $" “{Name}”")}, {Rows} rows")
        + $"\n  typical: {string.Join("; ", TypicalRows.Select(row => row.Row))}"
        + $"\n  terms: {(Terms.Count == 0 ? "none stands out" : string.Join(", ", Terms.Select(term => FormattableString.Invariant($"{term.Term} {term.ZScore:F1}"))))}";
}

/// <summary>A row near the centre of its factor.</summary>
/// <param name="Row">Its label: a title, a name or an id.</param>
/// <param name="Residual">Squared distance between the vector that was quantized and the sum of the row's code vectors up to the factor's level.</param>
public sealed record TypicalRow(string Row, double Residual);

/// <summary>A term that the rows of a factor have more often than all other rows.</summary>
/// <param name="Term">A tag or a word.</param>
/// <param name="Rows">Rows of the factor that have it.</param>
/// <param name="LogOdds">δ: log-odds of the term within the factor minus that among the other rows, both with the prior (Monroe et al. 2008, Eq. 16).</param>
/// <param name="ZScore">δ over its standard deviation (Eq. 20 and 22); how high it must be depends on how many terms the factor has: <see cref="FactorProfileOptions.LeastZScore"/>.</param>
public sealed record FactorTerm(string Term, int Rows, double LogOdds, double ZScore);
