using AutoGraph.Core.Codes;
using AutoGraph.Core.Interpretation;
using Xunit;

namespace AutoGraph.Managed.Tests.Interpretation;

public sealed class FactorProfilesTests
{
    // level 0: rows 0 1 2 have code 0, rows 3 4 5 code 2; level 1: all have code 1
    private static readonly CodeTable Codes = new([0, 1, 0, 1, 0, 1, 2, 1, 2, 1, 2, 1], 2, 3);
    private static readonly float[] Residuals = [3, 6, 1, 5, 2, 4, 1, 3, 1, 2, 9, 1];
    private static readonly string[] Labels = ["a", "b", "c", "d", "e", "f"];
    private static readonly string[][] Terms = [["war", "war", "film"], ["war", "film"], ["film", "rare"], ["love", "film"], ["love", "film"], ["film", "war"]];
    private static readonly FactorProfileOptions Loose = new() { LeastZScore = 0.01, PriorWeight = 1 };

    [Fact]
    public void Of_TwoLevels_OneProfilePerFactorInUseWithItsNearestRows()
    {
        var profiles = FactorProfiles.Of(Codes, Residuals, Labels, options: new() { TypicalRows = 2, Side = "film" });
        Assert.Equal([("film", 0, 0, 3), ("film", 0, 2, 3), ("film", 1, 1, 6)], profiles.Select(p => (p.Side, p.Level, p.Code, p.Rows)));
        Assert.Equal([["b", "c"], ["d", "e"], ["f", "e"]], profiles.Select(p => p.TypicalRows.Select(row => row.Row)));      // equally near: in the order of the rows
        Assert.Equal([1.0, 2.0], profiles[0].TypicalRows.Select(row => row.Residual));
        Assert.All(profiles, profile => Assert.Empty(profile.Terms));
    }

    [Fact]
    public void Of_Terms_CountOncePerRowAndComeByZScore()
    {
        var first = FactorProfiles.Of(Codes, Residuals, Labels, Terms, Loose)[0];
        Assert.Equal(["war"], first.Terms.Select(term => term.Term));       // "film" is everywhere, "rare" in one row only
        var (delta, z) = LogOdds.Of(inside: 2, insideAll: 6, all: 3, allAll: 12, priorWeight: 1);
        Assert.Equal((2, delta, z), (first.Terms[0].Rows, first.Terms[0].LogOdds, first.Terms[0].ZScore));
        var all = FactorProfiles.Of(Codes, Residuals, Labels, Terms, Loose with { LeastRows = 1 })[0];
        Assert.Equal(["rare", "war"], all.Terms.Select(term => term.Term));
        Assert.Empty(FactorProfiles.Of(Codes, Residuals, Labels, Terms, Loose with { LeastZScore = 3 })[0].Terms);
        Assert.Single(FactorProfiles.Of(Codes, Residuals, Labels, Terms, Loose with { LeastRows = 1, Terms = 1 })[0].Terms);
    }

    [Fact]
    public void Of_ATermOfItsOwnPerFactor_IsFoundAmongNoise()
    {
        var random = new Random(1);
        int[] codes = [.. Enumerable.Range(0, 400).Select(_ => random.Next(20))];
        string[][] terms = [.. codes.Select(code => Enumerable.Range(0, 10).Select(_ => $"noise{random.Next(200)}").Append(random.Next(2) == 0 ? $"own{code}" : "other").ToArray())];
        var profiles = FactorProfiles.Of(new CodeTable(codes, 1, 20), new float[400], [.. codes.Select(code => $"{code}")], terms);
        Assert.Equal(20, profiles.Count);
        Assert.All(profiles, profile => Assert.Equal($"own{profile.Code}", profile.Terms[0].Term));
        Assert.InRange(Noisy(null), 0, 2);          // expected: 20 · .05 or less
        Assert.InRange(Noisy(1.64), 15, 20);        // what holds for a single look lists noise nearly everywhere

        int Noisy(double? least) => FactorProfiles.Of(new CodeTable(codes, 1, 20), new float[400], [.. codes.Select(code => $"{code}")], terms, new() { LeastZScore = least })
            .Count(profile => profile.Terms.Any(term => term.Term.StartsWith("noise", StringComparison.Ordinal)));
    }

    [Fact]
    public void Of_OneTermOnly_ListsNothingInsteadOfNaN() =>
        Assert.All(FactorProfiles.Of(Codes, Residuals, Labels, [.. Labels.Select(_ => new[] { "same" })], Loose), profile => Assert.Empty(profile.Terms));

    [Fact]
    public void ToString_NamedFactor_GivesThreeLines()
    {
        var profile = new FactorProfile("film", 0, 7, 12, [new("Rocky", 0.5), new("Rocky II", 0.6)], [new("boxer", 5, 2, 8.31)]) { Name = "Boxing" };
        Assert.Equal("film factor 0/7 “Boxing”, 12 rows\n  typical: Rocky; Rocky II\n  terms: boxer 8.3", profile.ToString());
        Assert.EndsWith("terms: boxer 8.3, ring 7.0", (profile with { Terms = [.. profile.Terms, new("ring", 4, 2, 7)] }).ToString(), StringComparison.Ordinal);
        Assert.EndsWith("terms: none stands out", (profile with { Terms = [] }).ToString(), StringComparison.Ordinal);
        Assert.StartsWith("film factor 0/7, 12 rows\n", (profile with { Name = null }).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_BadInput_SaysWhatWasFound()
    {
        Assert.Contains("found 11, 6 and 6", Assert.Throws<ArgumentException>(() => FactorProfiles.Of(Codes, Residuals.AsSpan(1), Labels)).Message, StringComparison.Ordinal);
        Assert.Contains("found 12, 6 and 5", Assert.Throws<ArgumentException>(() => FactorProfiles.Of(Codes, Residuals, Labels, Terms[1..])).Message, StringComparison.Ordinal);
        Assert.Contains("found NaN", Assert.Throws<ArgumentException>(() => FactorProfiles.Of(Codes, [float.NaN, .. Residuals.AsSpan(1)], Labels)).Message, StringComparison.Ordinal);
        string all = Assert.Throws<ArgumentException>(() => FactorProfiles.Of(Codes, Residuals, Labels, null, new() { Side = " ", TypicalRows = -1, Terms = -1, LeastZScore = double.NaN, LeastRows = 0, PriorWeight = 0 })).Message;
        foreach (string name in new[] { "Side", "TypicalRows", "Terms", "LeastZScore", "LeastRows", "PriorWeight" }) Assert.Contains(name + ":", all, StringComparison.Ordinal);
    }
}
