namespace AutoGraph.Core.Codes;

/// <summary>Measures how codes are used.</summary>
public static class CodebookReport
{
    /// <summary>Below this active ratio a level is warned about.</summary>
    public const double LowActiveRatio = 0.5;

    /// <summary>Use of every level and collisions of whole ids.</summary>
    /// <param name="codes">Codes of the fitted rows, at least one.</param>
    /// <param name="relativeError">Σ‖v − v̂‖² / Σ‖v − v̄‖² of these rows.</param>
    public static CodebookHealth Measure(CodeTable codes, double relativeError)
    {
        ArgumentNullException.ThrowIfNull(codes);
        ArgumentOutOfRangeException.ThrowIfZero(codes.Count);
        var levels = new LevelHealth[codes.Levels];
        for (int level = 0; level < levels.Length; level++)
        {
            var counts = new int[codes.CodebookSize];
            for (int row = 0; row < codes.Count; row++) counts[codes.Row(row)[level]]++;
            double entropy = -counts.Where(count => count > 0).Sum(count => (double)count / codes.Count * Math.Log((double)count / codes.Count));
            levels[level] = new((double)counts.Count(count => count > 0) / codes.CodebookSize, Math.Exp(entropy));
        }
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int row = 0; row < codes.Count; row++)
        {
            string id = string.Join(' ', codes.Row(row).ToArray());
            ids[id] = ids.GetValueOrDefault(id) + 1;
        }
        return new(levels, (double)ids.Values.Where(count => count > 1).Sum() / codes.Count, relativeError);
    }

    /// <summary>What a person should know about these codes; empty where all is well.</summary>
    public static IReadOnlyList<string> Warnings(CodebookHealth health)
    {
        ArgumentNullException.ThrowIfNull(health);
        return [.. health.Levels.Select((level, i) => (level, i)).Where(x => x.level.ActiveRatio < LowActiveRatio).Select(x =>
            FormattableString.Invariant($"Level {x.i} uses {x.level.ActiveRatio:P0} of its codes (expected above {LowActiveRatio:P0}; the goal is 90 %). Use a smaller codebook or more rows."))];
    }
}
