using AutoGraph.Core.Codes;

namespace AutoGraph.Core.Interpretation;

/// <summary>Describes factors by the rows that have them.</summary>
public static class FactorProfiles
{
    /// <summary>One profile per factor in use, by level, then by code.</summary>
    /// <param name="codes">Codes of N rows.</param>
    /// <param name="residuals">[N, T] squared distance between each row's vector and the sum of its code vectors up to each level.</param>
    /// <param name="labels">[N] what people call the rows.</param>
    /// <param name="terms">[N] tags or words of each row, of which each counts once per row; null: no terms are listed.</param>
    /// <param name="options">How much is told; null for the defaults.</param>
    /// <exception cref="ArgumentException">A list has another length than there are rows, a residual is not finite, or an option is out of range.</exception>
    public static IReadOnlyList<FactorProfile> Of(
        CodeTable codes, ReadOnlySpan<float> residuals, IReadOnlyList<string> labels, IReadOnlyList<IReadOnlyCollection<string>>? terms = null, FactorProfileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(codes);
        ArgumentNullException.ThrowIfNull(labels);
        options ??= new();
        options.Validate();
        if (residuals.Length != codes.Values.Length || labels.Count != codes.Count || terms is not null && terms.Count != codes.Count)
            throw new ArgumentException($"Expected {codes.Values.Length} residuals and {codes.Count} labels and rows of terms, found {residuals.Length}, {labels.Count} and {terms?.Count ?? codes.Count}.");
        foreach (float residual in residuals)
            if (!float.IsFinite(residual)) throw new ArgumentException($"Expected finite residuals, found {residual}.", nameof(residuals));
        var table = terms is null ? null : new TermTable(terms);
        var profiles = new List<FactorProfile>();
        for (int level = 0; level < codes.Levels; level++)
        {
            var own = new float[codes.Count];
            for (int row = 0; row < own.Length; row++) own[row] = residuals[row * codes.Levels + level];
            int at = level;
            var factors = Enumerable.Range(0, codes.Count).GroupBy(row => codes.Row(row)[at]).OrderBy(factor => factor.Key);
            profiles.AddRange(factors.Select(factor => Describe(at, factor.Key, [.. factor.OrderBy(row => own[row]).ThenBy(row => row)], own)));
        }
        return profiles;

        FactorProfile Describe(int level, int code, int[] members, float[] own) => new(options.Side, level, code, members.Length,
            [.. members.Take(options.TypicalRows).Select(row => new TypicalRow(labels[row], own[row]))], table?.Of(members, options) ?? []);
    }
}
