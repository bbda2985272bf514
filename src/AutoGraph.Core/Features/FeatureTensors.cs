using System.Globalization;
using AutoGraph.Core.Persistence;

namespace AutoGraph.Core.Features;

/// <summary>Stores feature tables in tensor files: entries "{prefix}{position}/{kind}/{name}" and what belongs to them.</summary>
internal static class FeatureTensors
{
    private const string Categorical = "categorical", Multi = "multi", Dense = "dense", Semantic = "semantic";

    public static void Save(FeatureTable table, TensorDictionary target, string prefix)
    {
        target.Add(prefix + "rows", [table.RowCount, table.Fields.Count], 2);
        for (int i = 0; i < table.Fields.Count; i++)
            switch (table.Fields[i])
            {
                case CategoricalField f:
                    target.Add(Key(prefix, i, Categorical, f.Name), f.Ids, f.Ids.Length);
                    target.Add(Key(prefix, i, "cardinality"), [f.Cardinality], 1);
                    break;
                case MultiCategoricalField f:
                    target.Add(Key(prefix, i, Multi, f.Name), f.Ids, f.Ids.Length);
                    target.Add(Key(prefix, i, "offsets"), f.Offsets, f.Offsets.Length);
                    target.Add(Key(prefix, i, "cardinality"), [f.Cardinality], 1);
                    break;
                case DenseField f:
                    target.Add(Key(prefix, i, Dense, f.Name), f.Values, f.RowCount, f.Width);
                    break;
                case SemanticField f:
                    target.Add(Key(prefix, i, Semantic, f.Name), f.Values, f.RowCount, f.Width);
                    if (f.Scale is null) break;
                    target.Add(Key(prefix, i, "mean"), f.Scale.Mean, f.Width);
                    target.Add(Key(prefix, i, "factor"), [f.Scale.Factor], 1);
                    break;
                default:
                    throw new NotSupportedException($"Expected a categorical, multi-valued, dense or semantic feature, found {table.Fields[i].GetType().Name}.");
            }
    }

    public static FeatureTable Load(TensorDictionary source, string prefix)
    {
        var header = source.Ints(prefix + "rows", 2);
        var fields = new FeatureField[header[1]];
        for (int i = 0; i < fields.Length; i++)
        {
            string start = Key(prefix, i, "");
            string key = source.Names.FirstOrDefault(name => Kinds.Any(kind => name.StartsWith(start + kind + "/", StringComparison.Ordinal)))
                ?? throw new InvalidDataException($"Expected feature {i} under '{start}', found none.");
            var parts = key[start.Length..].Split('/', 2);
            fields[i] = parts[0] switch
            {
                Categorical => new CategoricalField(parts[1], source.Ints(key, header[0]), source.Ints(Key(prefix, i, "cardinality"), 1)[0]),
                Multi => new MultiCategoricalField(parts[1], source.Ints(Key(prefix, i, "offsets"), header[0] + 1), source.Ints(key, -1), source.Ints(Key(prefix, i, "cardinality"), 1)[0]),
                Semantic => new SemanticField(parts[1], source.Floats(key, header[0], -1), source.ShapeOf(key)[1])
                {
                    // files of the first versions have none
                    Scale = source.Contains(Key(prefix, i, "mean")) ? new(source.Floats(Key(prefix, i, "mean"), source.ShapeOf(key)[1]), source.Floats(Key(prefix, i, "factor"), 1)[0]) : null,
                },
                _ => new DenseField(parts[1], source.Floats(key, header[0], -1), source.ShapeOf(key)[1]),
            };
            try
            {
                fields[i].Check();
            }
            catch (ArgumentException error)
            {
                throw new InvalidDataException($"'{key}': {error.Message}", error);
            }
        }
        return new FeatureTable(header[0], fields);
    }

    private static readonly string[] Kinds = [Categorical, Multi, Dense, Semantic];

    private static string Key(string prefix, int position, params ReadOnlySpan<string> parts) =>
        prefix + position.ToString(CultureInfo.InvariantCulture) + "/" + string.Join('/', parts!);
}
