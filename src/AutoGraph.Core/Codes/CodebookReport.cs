using System.Runtime.InteropServices;

namespace AutoGraph.Core.Codes;

/// <summary>Measures how codes are used.</summary>
public static class CodebookReport
{
    /// <summary>Below this active ratio a level is warned about.</summary>
    public const double LowActiveRatio = 0.5;

    /// <summary>Above this part of rows with an id that another row has too, and half as many again as independent levels would have, whole ids are warned about.</summary>
    public const double HighCollisionRate = 0.5;

    /// <summary>Above this part of the random control's error, codes are warned about: they say next to nothing of their rows.</summary>
    public const double HighErrorOfRandom = 0.9;

    /// <summary>Use of every level and collisions of whole ids.</summary>
    /// <param name="codes">Codes of the fitted rows, at least one.</param>
    /// <param name="levelSizes">Number of codes of each level, [T].</param>
    /// <param name="relativeErrors">Σ‖v − v̂‖² / Σ‖v − v̄‖² of these rows from the codes up to each level, [T].</param>
    /// <param name="randomErrors">The same with the codes of random other rows, [T].</param>
    /// <exception cref="ArgumentException">There is no row, a list has another length than there are levels, or a size does not fit the codes.</exception>
    public static CodebookHealth Measure(CodeTable codes, IReadOnlyList<int> levelSizes, IReadOnlyList<double> relativeErrors, IReadOnlyList<double> randomErrors)
    {
        ArgumentNullException.ThrowIfNull(codes);
        ArgumentNullException.ThrowIfNull(levelSizes);
        ArgumentNullException.ThrowIfNull(relativeErrors);
        ArgumentNullException.ThrowIfNull(randomErrors);
        ArgumentOutOfRangeException.ThrowIfZero(codes.Count);
        if (levelSizes.Count != codes.Levels || relativeErrors.Count != codes.Levels || randomErrors.Count != codes.Levels)
            throw new ArgumentException($"Expected {codes.Levels} sizes and errors, found {levelSizes.Count}, {relativeErrors.Count} and {randomErrors.Count}.");
        var levels = new LevelHealth[codes.Levels];
        double samePair = 1;
        for (int level = 0; level < levels.Length; level++)
        {
            var counts = new int[codes.CodebookSize];
            for (int row = 0; row < codes.Count; row++) counts[codes.Row(row)[level]]++;
            int highest = Array.FindLastIndex(counts, count => count > 0);
            if (levelSizes[level] <= highest || levelSizes[level] > codes.CodebookSize)
                throw new ArgumentException($"Expected a size from {highest + 1} to {codes.CodebookSize} for level {level}, whose highest code is {highest}, found {levelSizes[level]}.", nameof(levelSizes));
            double entropy = -counts.Where(count => count > 0).Sum(count => (double)count / codes.Count * Math.Log((double)count / codes.Count));
            samePair *= counts.Sum(count => (double)count / codes.Count * count / codes.Count);
            levels[level] = new((double)counts.Count(count => count > 0) / levelSizes[level], Math.Exp(entropy), relativeErrors[level], randomErrors[level]);
        }
        return new(levels, Collisions(codes), 1 - Math.Pow(1 - samePair, codes.Count - 1));
    }

    /// <summary>Whether every row has one and the same id: nothing can be learnt from such codes, and a fit refuses them.</summary>
    public static bool IsCollapsed(CodebookHealth health)
    {
        ArgumentNullException.ThrowIfNull(health);
        return health.Levels.All(level => level.Perplexity <= 1 + 1e-9);
    }

    /// <summary>What a person should know about these codes; empty where all is well.</summary>
    /// <param name="health">The figures.</param>
    /// <param name="distinctIds">Whether rows are meant to have ids of their own; not so for a tree, whose ids are its clusters.</param>
    public static IReadOnlyList<string> Warnings(CodebookHealth health, bool distinctIds = true)
    {
        ArgumentNullException.ThrowIfNull(health);
        var found = health.Levels.Select((level, i) => (level, i)).Where(x => x.level.ActiveRatio < LowActiveRatio).Select(x =>
            FormattableString.Invariant($"Level {x.i} uses {x.level.ActiveRatio:P0} of its codes (expected above {LowActiveRatio:P0}; the goal is 90 %). Use a smaller codebook or more rows.")).ToList();
        if (distinctIds && health.CollisionRate > Math.Max(HighCollisionRate, 1.5 * health.RandomCollisionRate))
            found.Add(FormattableString.Invariant($"{health.CollisionRate:P0} of the rows share their whole id with another row (expected below {HighCollisionRate:P0}). Use more levels or a larger codebook, unless rows repeat."));
        if (health.Levels.Count > 0 && health.Levels[^1] is var last && last.RelativeError > HighErrorOfRandom * last.RandomError)
            found.Add(FormattableString.Invariant($"The relative error {last.RelativeError:F2} is close to that of random codes, {last.RandomError:F2}: the codes say next to nothing. Train longer or check the vectors."));
        return found;
    }

    private static double Collisions(CodeTable codes)
    {
        var ids = new Dictionary<string, int>(codes.Count, StringComparer.Ordinal);
        for (int row = 0; row < codes.Count; row++)
            CollectionsMarshal.GetValueRefOrAddDefault(ids, new string(MemoryMarshal.Cast<int, char>(codes.Row(row))), out _)++;
        return (double)ids.Values.Where(count => count > 1).Sum() / codes.Count;
    }
}
