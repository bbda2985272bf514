using AutoGraph.Core.Features;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>Any number of categories per row, from vectors of text, keys or whole numbers.</summary>
internal sealed record MultiCategoricalEncoder(string Name, Vocabulary Vocabulary) : FieldEncoder(Name)
{
    internal const byte Tag = 1;

    internal static MultiCategoricalEncoder Learn(IDataView view, string name)
    {
        var vocabulary = new Vocabulary();
        foreach (var row in Rows(view, name))
            foreach (string category in row) vocabulary.Learn(category);
        return new(name, vocabulary);
    }

    internal override string Expected => "several texts, keys or whole numbers";

    internal override bool Accepts(DataViewType type) => ColumnKind.Ids.Accepts(type);

    internal override FeatureField Encode(IDataView view)
    {
        var (offsets, ids) = (new List<int> { 0 }, new List<int>());
        foreach (var row in Rows(view, Name))
        {
            ids.AddRange(row.Select(Vocabulary.Find).Where(id => id >= 0));
            offsets.Add(ids.Count);
        }
        return new MultiCategoricalField(Name, [.. offsets], [.. ids], Vocabulary.Count);
    }

    internal override void Write(BinaryWriter writer)
    {
        writer.Write(Tag);
        writer.Write(Name);
        Vocabulary.Write(writer);
    }

    private static IEnumerable<List<string>> Rows(IDataView view, string name)
    {
        var column = view.Schema[name];
        using var cursor = view.GetRowCursor([column]);
        for (var read = ColumnReader.Ids(cursor, column); cursor.MoveNext();) yield return read();
    }
}
