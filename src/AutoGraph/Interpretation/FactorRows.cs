using AutoGraph.Semantics.Encoding;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>The rows of a table whose factors are described.</summary>
/// <param name="Vectors">[N, V] what was quantized.</param>
/// <param name="Labels">[N] what people call the rows.</param>
/// <param name="Terms">[N] their tags or words, or null.</param>
internal sealed record FactorRows(float[] Vectors, IReadOnlyList<string> Labels, IReadOnlyList<IReadOnlyCollection<string>>? Terms)
{
    /// <summary>Reads all in one pass, so that rows belong together also in a view that shuffles.</summary>
    internal static FactorRows Read(IDataView view, string vectorColumn, string labelColumn, string? termColumn)
    {
        var vector = ColumnKind.Vector.Require(view.Schema, vectorColumn, "the vectors that were quantized");
        var label = ColumnKind.Id.Require(view.Schema, labelColumn, "the label");
        DataViewSchema.Column? term = termColumn is null ? null : ColumnKind.Terms.Require(view.Schema, termColumn, "tags or a text");
        var (vectors, labels, terms, width) = (new List<float>(), new List<string>(), new List<IReadOnlyCollection<string>>(), 0);
        using var cursor = view.GetRowCursor(term is { } column ? [vector, label, column] : [vector, label]);
        var (readVector, readLabel, readTerms) = (ColumnReader.Vector(cursor, vector), ColumnReader.Id(cursor, label), term is { } there ? Reader(cursor, there) : null);
        while (cursor.MoveNext())
        {
            var own = readVector().Span;
            if (labels.Count == 0) width = own.Length;
            VectorTable.Check(own, width, vectorColumn, labels.Count);
            vectors.AddRange(own);
            labels.Add(readLabel());
            if (readTerms is not null) terms.Add(readTerms());
        }
        if (labels.Count == 0) throw new ArgumentException("Expected rows whose factors are to be described, found an empty table. Check the file and the filters before this step.");
        return new([.. vectors], labels, readTerms is null ? null : terms);
    }

    private static Func<IReadOnlyCollection<string>> Reader(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is VectorDataViewType) return ColumnReader.Ids(row, column);
        var text = ColumnReader.Text(row, column);
        return () => [.. Words.Of(text(), removeStopWords: true)];
    }
}
