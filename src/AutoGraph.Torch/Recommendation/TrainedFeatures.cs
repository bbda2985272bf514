using AutoGraph.Core.Features;
using AutoGraph.Torch.Enhancements;

namespace AutoGraph.Torch.Recommendation;

/// <summary>
/// Features as a model sees them: the entity's own id first, semantic vectors last, and categories that no trained entity has as unknown, so
/// that new users and items never read an embedding that was not trained.
/// </summary>
internal static class TrainedFeatures
{
    /// <summary>Name of the id field; no column may have it.</summary>
    public const string IdField = "(id)";

    /// <summary>Whether fields of the model's own have such names: the id, and codes as features.</summary>
    public static bool IsReserved(string name) => name == IdField || name.StartsWith(CodeFields.Prefix, StringComparison.Ordinal);

    /// <param name="features">Features of all entities.</param>
    /// <param name="trainedRows">Rows of the entities that training reads, in any order: users of samples, items of interactions.</param>
    public static FeatureTable Of(FeatureTable features, ReadOnlySpan<int> trainedRows)
    {
        var trained = new bool[features.RowCount];
        foreach (int row in trainedRows) trained[row] = true;
        int[] ids = [.. Enumerable.Range(0, features.RowCount).Select(row => trained[row] ? row : -1)];
        return new FeatureTable(features.RowCount, [new CategoricalField(IdField, ids, features.RowCount), .. features.Fields.Where(field => field is not SemanticField).Concat(features.Fields.OfType<SemanticField>()).Select(Seen)]);

        FeatureField Seen(FeatureField field) => field switch
        {
            CategoricalField f => f with { Ids = Known(f, trained) },
            MultiCategoricalField f => Known(f, trained),
            _ => field,
        };
    }

    private static int[] Known(CategoricalField field, bool[] trained)
    {
        var seen = new bool[field.Cardinality];
        for (int row = 0; row < trained.Length; row++)
            if (trained[row] && field.Ids[row] >= 0) seen[field.Ids[row]] = true;
        return Array.ConvertAll(field.Ids, id => id >= 0 && seen[id] ? id : -1);
    }

    private static MultiCategoricalField Known(MultiCategoricalField field, bool[] trained)
    {
        var seen = new bool[field.Cardinality];
        for (int row = 0; row < trained.Length; row++)
            if (trained[row]) foreach (int id in field.Ids.AsSpan(field.Offsets[row]..field.Offsets[row + 1])) seen[id] = true;
        var (offsets, ids) = (new int[field.Offsets.Length], new List<int>(field.Ids.Length));
        for (int row = 0; row < trained.Length; row++)
        {
            foreach (int id in field.Ids.AsSpan(field.Offsets[row]..field.Offsets[row + 1]))
                if (seen[id]) ids.Add(id);
            offsets[row + 1] = ids.Count;
        }
        return field with { Offsets = offsets, Ids = [.. ids] };
    }
}
