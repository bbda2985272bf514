using AutoGraph.Core.Features;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>One category per row, from text, keys, whole numbers or booleans.</summary>
internal sealed record CategoricalEncoder(string Name, Vocabulary Vocabulary) : FieldEncoder(Name)
{
    internal const byte Tag = 0;

    internal static CategoricalEncoder Learn(IDataView view, string name)
    {
        var vocabulary = new Vocabulary();
        foreach (string category in Categories(view, name)) vocabulary.Learn(category);
        return new(name, vocabulary);
    }

    internal override string Expected => "text, a key, a whole number or a truth value";

    internal override bool Accepts(DataViewType type) => ColumnKind.Id.Accepts(type) || type is BooleanDataViewType;

    internal override FeatureField Encode(IDataView view) => new CategoricalField(Name, [.. Categories(view, Name).Select(Vocabulary.Find)], Vocabulary.Count);

    internal override void Write(BinaryWriter writer)
    {
        writer.Write(Tag);
        writer.Write(Name);
        Vocabulary.Write(writer);
    }

    private static IEnumerable<string> Categories(IDataView view, string name)
    {
        var column = view.Schema[name];
        using var cursor = view.GetRowCursor([column]);
        for (var read = column.Type is BooleanDataViewType ? Truth(cursor, column) : ColumnReader.Id(cursor, column); cursor.MoveNext();) yield return read();
    }

    private static Func<string> Truth(DataViewRow row, DataViewSchema.Column column)
    {
        var (get, value) = (row.GetGetter<bool>(column), false);
        return () =>
        {
            get(ref value);
            return value ? "true" : "false";
        };
    }
}
