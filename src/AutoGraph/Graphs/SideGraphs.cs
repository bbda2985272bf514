using AutoGraph.Core.Graphs;
using AutoGraph.Core.Interactions;
using AutoGraph.Semantics.ItemGraphs;
using Microsoft.ML;

namespace AutoGraph;

/// <summary>Graphs among the rows of a side table, from its columns.</summary>
internal static class SideGraphs
{
    /// <summary>Phrases of each row's text.</summary>
    internal static Adjacency Phrases(IDataView view, string name, PhraseGraphOptions? options)
    {
        var column = ColumnKind.Text.Require(view.Schema, name, "the texts");
        var texts = new List<string>();
        using var cursor = view.GetRowCursor([column]);
        for (var read = ColumnReader.Text(cursor, column); cursor.MoveNext();) texts.Add(read());
        try
        {
            return PhraseGraph.Mine(texts, options).ItemPhrases;
        }
        catch (ArgumentException error)
        {
            throw new ArgumentException($"{nameof(SideTable)}.{nameof(SideTable.PhraseTextColumn)} '{name}', for {nameof(Enhancement)}.{nameof(Enhancement.Ccgnn)}: {error.Message} ({nameof(SideTable)}.{nameof(SideTable.Phrases)}.)", error);
        }
    }

    /// <summary>Similar rows of each row, by id.</summary>
    internal static Adjacency Neighbors(IDataView view, string name, EntityIndex ids)
    {
        var column = ColumnKind.Ids.Require(view.Schema, name, "the similar rows");
        var (from, to, row) = (new List<int>(), new List<int>(), 0);
        using var cursor = view.GetRowCursor([column]);
        for (var read = ColumnReader.Ids(cursor, column); cursor.MoveNext(); row++)
            foreach (string id in read())
            {
                if (!ids.TryGetPosition(id, out int neighbor))
                    throw new ArgumentException($"Expected ids of this table in column '{name}', found '{id}' in row {row}. Leave out rows that the table does not have.");
                if (neighbor == row) continue;
                from.Add(row);
                to.Add(neighbor);
            }
        return Adjacency.FromEdges(ids.Count, ids.Count, [.. from], [.. to]);
    }
}
