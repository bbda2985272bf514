using System.Globalization;
using AutoGraph.Core.Features;
using AutoGraph.Torch.Enhancements;

namespace AutoGraph.Torch.Insertion;

/// <summary>Turns features of a row that joined after training into what the towers read: fields in the model's order, categories that no trained row has as unknown.</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
internal sealed class RowFeatures
{
    private readonly FeatureTable _model;
    private readonly bool[]?[] _seen;       // by field: which categories trained rows have

    /// <param name="model">The features of all rows as the model has them.</param>
    public RowFeatures(FeatureTable model)
    {
        _model = model;
        _seen = [.. model.Fields.Select(field => field switch
        {
            CategoricalField f => Seen(f.Ids, f.Cardinality),
            MultiCategoricalField f => Seen(f.Ids, f.Cardinality),
            _ => null,
        })];
        Unknown = FeatureRows.Of(model, -1);
    }

    /// <summary>A row of which nothing is known.</summary>
    public FeatureTable Unknown { get; }

    /// <summary>The row of a trained entity.</summary>
    public FeatureTable Known(int row) => FeatureRows.Of(_model, row);

    /// <summary>The row of an entity from its features.</summary>
    /// <param name="known">Its position where the model was trained with it, else -1: it reads as an unknown id.</param>
    /// <param name="features">Fields of one row by name; those missing are unknown.</param>
    /// <param name="codes">Its codes, or empty.</param>
    /// <param name="semantic">Its semantic vector, or empty.</param>
    /// <exception cref="InvalidOperationException">The model reads semantic vectors and does not know their scale.</exception>
    public FeatureTable Of(int known, IReadOnlyDictionary<string, FeatureField> features, ReadOnlySpan<int> codes, ReadOnlySpan<float> semantic)
    {
        var fields = new FeatureField[_model.Fields.Count];
        for (int place = 0; place < fields.Length; place++)
        {
            var field = _model.Fields[place];
            fields[place] = field switch
            {
                CategoricalField { Name: Recommendation.TrainedFeatures.IdField } f => f.At(known),
                CategoricalField f when CodeLevel(f.Name) is { } level => f with { Ids = [level < codes.Length ? Kept(place, codes[level]) : -1] },
                SemanticField f => f with { Values = semantic.IsEmpty ? new float[f.Width] : Scale(f).Apply(semantic) },
                _ when !features.TryGetValue(field.Name, out var given) => field.At(-1),
                CategoricalField f => f with { Ids = [Kept(place, ((CategoricalField)features[field.Name]).Ids[0])] },
                MultiCategoricalField f => f.Of([.. ((MultiCategoricalField)features[field.Name]).Ids.Where(id => _seen[place]![id])]),
                _ => features[field.Name],
            };
        }
        return new FeatureTable(1, fields);
    }

    private int Kept(int place, int id) => id >= 0 && _seen[place]![id] ? id : -1;

    private static SemanticScale Scale(SemanticField field) => field.Scale ??
        throw new InvalidOperationException($"Expected the scale of '{field.Name}' in the model, found none: an older version saved it. Fit the model anew to insert into it.");

    private static int? CodeLevel(string name) => name.StartsWith(CodeFields.Prefix, StringComparison.Ordinal) ? int.Parse(name.AsSpan(CodeFields.Prefix.Length, name.Length - CodeFields.Prefix.Length - 1), CultureInfo.InvariantCulture) - 1 : null;

    private static bool[] Seen(int[] ids, int cardinality)
    {
        var seen = new bool[cardinality];
        foreach (int id in ids)
            if (id >= 0) seen[id] = true;
        return seen;
    }
}
