using System.Runtime.InteropServices;
using MathNet.Numerics.Distributions;

namespace AutoGraph.Core.Interpretation;

/// <summary>The terms of all rows as numbers, each counted once per row: a row that repeats a word has no louder voice.</summary>
internal sealed class TermTable
{
    private readonly int[][] _rows;         // row × distinct terms
    private readonly List<string> _names = [];
    private readonly List<int> _counts = [];
    private readonly long _total;

    public TermTable(IReadOnlyList<IReadOnlyCollection<string>> rows)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        _rows = [.. rows.Select(row => row.Distinct(StringComparer.Ordinal).Select(Number).ToArray())];
        foreach (int term in _rows.SelectMany(row => row)) _counts[term]++;
        _total = _rows.Sum(row => (long)row.Length);

        int Number(string term)
        {
            ref int number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, term, out bool known);
            if (known) return number;
            _names.Add(term);
            _counts.Add(0);
            return number = _names.Count - 1;
        }
    }

    /// <summary>Terms that some rows have more often than the others, by z-score, then by name.</summary>
    public FactorTerm[] Of(ReadOnlySpan<int> members, FactorProfileOptions options)
    {
        var inside = new Dictionary<int, int>();
        long insideAll = 0;
        foreach (int row in members)
        {
            insideAll += _rows[row].Length;
            foreach (int term in _rows[row]) CollectionsMarshal.GetValueRefOrAddDefault(inside, term, out _)++;
        }
        int least = Math.Min(options.LeastRows, members.Length);
        KeyValuePair<int, int>[] looked = [.. inside.Where(pair => pair.Value >= least)];
        double threshold = options.LeastZScore ?? ThresholdOf(looked.Length);
        return [.. looked.Select(pair => Score(pair.Key, pair.Value, insideAll, options.PriorWeight))
            .Where(term => term.ZScore >= threshold)
            .OrderByDescending(term => term.ZScore).ThenBy(term => term.Term, StringComparer.Ordinal).Take(options.Terms)];
    }

    /// <summary>The z-score that the highest of so many terms exceeds by chance once in twenty factors at most.</summary>
    private static double ThresholdOf(int terms) => Normal.InvCDF(0, 1, 1 - .05 / Math.Max(1, terms));

    private FactorTerm Score(int term, int inside, long insideAll, double priorWeight)
    {
        var (delta, z) = LogOdds.Of(inside, insideAll, _counts[term], _total, priorWeight);
        return new(_names[term], inside, delta, z);
    }
}
