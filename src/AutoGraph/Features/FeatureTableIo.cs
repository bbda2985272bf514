using System.Globalization;
using AutoGraph.Core.Features;
using AutoGraph.Core.Persistence;

namespace AutoGraph;

/// <summary>Feature tables as arrays of a saved model.</summary>
internal static class FeatureTableIo
{
    internal static TensorDictionary Save(FeatureTable table)
    {
        var tensors = new TensorDictionary();
        tensors.Add("rows", [table.RowCount], 1);
        for (int i = 0; i < table.Fields.Count; i++)
        {
            string name = Key(i);
            switch (table.Fields[i])
            {
                case CategoricalField field:
                    tensors.Add(name + "categories", field.Ids, field.Ids.Length);
                    tensors.Add(name + "cardinality", [field.Cardinality], 1);
                    break;
                case MultiCategoricalField field:
                    tensors.Add(name + "offsets", field.Offsets, field.Offsets.Length);
                    tensors.Add(name + "members", field.Ids, field.Ids.Length);
                    tensors.Add(name + "cardinality", [field.Cardinality], 1);
                    break;
                case DenseField field:
                    tensors.Add(name + "values", field.Values, field.RowCount, field.Width);
                    break;
                default:
                    throw new NotSupportedException($"Expected a categorical, multi-valued or dense field, found {table.Fields[i].GetType().Name}.");
            }
        }
        return tensors;
    }

    /// <summary>Restores a table whose fields have these names.</summary>
    internal static FeatureTable Load(TensorDictionary tensors, IReadOnlyList<string> names)
    {
        int rows = tensors.Ints("rows", 1)[0];
        return new FeatureTable(rows, [.. names.Select((name, i) => Field(name, Key(i)))]);

        FeatureField Field(string name, string key)
        {
            if (tensors.Contains(key + "values"))
                return new DenseField(name, tensors.Floats(key + "values", rows, -1), tensors.ShapeOf(key + "values")[1]);
            int cardinality = tensors.Ints(key + "cardinality", 1)[0];
            return tensors.Contains(key + "categories")
                ? new CategoricalField(name, tensors.Ints(key + "categories", rows), cardinality)
                : new MultiCategoricalField(name, tensors.Ints(key + "offsets", rows + 1), tensors.Ints(key + "members", -1), cardinality);
        }
    }

    private static string Key(int field) => string.Create(CultureInfo.InvariantCulture, $"field{field}.");
}
