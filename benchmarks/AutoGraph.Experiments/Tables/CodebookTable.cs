using System.Globalization;

namespace AutoGraph.Experiments;

/// <summary>How the codes of a table's methods are used: material for comparing ways to make them.</summary>
internal static class CodebookTable
{
    /// <summary>One row per method and side, of its first run; null where no run has codes.</summary>
    public static DataTable? Of(TablePlan plan, string dataset, IReadOnlyDictionary<TableRunKey, RunResult> results)
    {
        var rows = new List<IReadOnlyList<Cell>>();
        foreach (var method in plan.Methods)
            if (plan.Runs.Where(run => run.Dataset == dataset && run.Method == method).Select(run => results.GetValueOrDefault(run)).FirstOrDefault(result => result?.Codebooks is not null) is { } result)
            {
                rows.Add(Row(plan.Definition.LabelOf(method), "users", result.Codebooks!.User, result));
                rows.Add(Row(plan.Definition.LabelOf(method), "items", result.Codebooks!.Item, result));
            }
        return rows.Count == 0 ? null : new("Codes, by level", ["method", "side", "levels with nodes", "codes", "in use", "perplexity", "relative error", "same id as another row", "s to fit both sides"], rows);
    }

    private static Cell[] Row(string method, string side, SideHealth health, RunResult result) =>
    [
        new(method), new(side), Cell.Number(result.Levels, "0"), new(health.LevelSizes is { } sizes ? string.Join(" ", sizes) : "not stored"), Each(health.ActiveRatio, "P0"), Each(health.Perplexity, "F0"), Each(health.RelativeError, ".000"),
        Cell.Number(health.CollisionRate, "P1"), Cell.Number(result.QuantizeSeconds, "F1"),
    ];

    private static Cell Each(double[] values, string format) => new(string.Join(" ", values.Select(value => value.ToString(format, CultureInfo.InvariantCulture).Replace(" ", "", StringComparison.Ordinal))), values[0]);
}
