namespace AutoGraph.Core.Features;

/// <summary>Single rows of feature tables.</summary>
internal static class FeatureRows
{
    /// <summary>One row as a table of its own; -1 gives a row that knows nothing: no category, numbers at their mean.</summary>
    public static FeatureTable Of(FeatureTable table, int row) => new(1, [.. table.Fields.Select(field => Of(field, row))]);

    /// <summary>One row of one field; see <see cref="Of(FeatureTable, int)"/>.</summary>
    public static FeatureField Of(FeatureField field, int row) => field switch
    {
        CategoricalField f => f with { Ids = [row < 0 ? -1 : f.Ids[row]] },
        MultiCategoricalField f => Multi(f, row < 0 ? [] : f.Ids[f.Offsets[row]..f.Offsets[row + 1]]),
        DenseField f => f with { Values = row < 0 ? new float[f.Width] : f.Values[(row * f.Width)..((row + 1) * f.Width)] },
        SemanticField f => f with { Values = row < 0 ? new float[f.Width] : f.Values[(row * f.Width)..((row + 1) * f.Width)] },
        _ => throw new NotSupportedException($"Expected a categorical, multi-valued, dense or semantic feature, found {field.GetType().Name}."),
    };

    /// <summary>A multi-valued field of one row.</summary>
    public static MultiCategoricalField Multi(MultiCategoricalField field, int[] ids) => field with { Offsets = [0, ids.Length], Ids = ids };

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
