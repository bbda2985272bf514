using AutoGraph.Core.Features;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>One category per row, from text, keys, whole numbers or booleans.</summary>
internal sealed record CategoricalEncoder(string Name, Vocabulary Vocabulary) : FieldEncoder(Name)
{
    internal const byte Tag = 0;

    /// <summary>Rows of the fit that had a category; 0 after loading.</summary>
    internal int Rows { get; private init; }

    internal static CategoricalEncoder Learn(IDataView view, string name)
    {
        var (vocabulary, rows) = (new Vocabulary(), 0);
        foreach (string category in Categories(view, name))
            if (vocabulary.Learn(category) >= 0) rows++;
        return new(name, vocabulary) { Rows = rows };
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
