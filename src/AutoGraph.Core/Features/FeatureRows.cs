namespace AutoGraph.Core.Features;

/// <summary>Single rows of feature tables.</summary>
internal static class FeatureRows
{
    /// <summary>One row as a table of its own; see <see cref="FeatureField.At"/>.</summary>
    public static FeatureTable Of(FeatureTable table, int row) => new(1, [.. table.Fields.Select(field => field.At(row))]);

    /// <summary>Tables of one row each, with the same fields, as one table.</summary>
    public static FeatureTable Join(IReadOnlyList<FeatureTable> rows)
    {
        if (rows.Count == 1) return rows[0];
        return new(rows.Count, [.. Enumerable.Range(0, rows[0].Fields.Count).Select(place => Join([.. rows.Select(row => row.Fields[place])]))]);
    }

    private static FeatureField Join(FeatureField[] rows) => rows[0] switch
    {
        CategoricalField first => first with { Ids = [.. rows.Select(row => ((CategoricalField)row).Ids[0])] },
        MultiCategoricalField first => first with { Offsets = Offsets(rows), Ids = [.. rows.SelectMany(row => ((MultiCategoricalField)row).Ids)] },
        DenseField first => first with { Values = [.. rows.SelectMany(row => ((DenseField)row).Values)] },
        SemanticField first => first with { Values = [.. rows.SelectMany(row => ((SemanticField)row).Values)] },
        _ => throw new NotSupportedException($"Expected a categorical, multi-valued, dense or semantic feature, found {rows[0].GetType().Name}."),
    };

    private static int[] Offsets(FeatureField[] rows)
    {
        var offsets = new int[rows.Length + 1];
        for (int row = 0; row < rows.Length; row++) offsets[row + 1] = offsets[row] + ((MultiCategoricalField)rows[row]).Ids.Length;
        return offsets;
    }
}
