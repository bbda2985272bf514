using AutoGraph.Core.Evaluation;
using AutoGraph.Core.Interactions;
using Microsoft.ML;

namespace AutoGraph;

/// <summary>Reads held-out rows as ranking queries.</summary>
internal static class QueryReader
{
    /// <summary>One query per row; an unknown user has position -1.</summary>
    /// <exception cref="ArgumentException">The table is empty, or a row names an item that the model does not know: it could not be ranked.</exception>
    internal static RankingQueries Read(IDataView view, InteractionColumns columns, EntityIndex users, EntityIndex items, StoredHistories stored)
    {
        var user = ColumnKind.Id.Require(view.Schema, columns.User, "the user id");
        var item = ColumnKind.Id.Require(view.Schema, columns.Item, "the item id");
        var history = HistoryReader.Find(view.Schema, columns);
        var (userOf, targets, offsets, historyItems, ids) = (new List<int>(), new List<int>(), new List<int> { 0 }, new List<int>(), new List<(string, string)>());
        var unknown = new SortedSet<string>(StringComparer.Ordinal);
        using (var cursor = view.GetRowCursor(history is { } column ? [user, item, column] : [user, item]))
        {
            var (getUser, getItem, reader) = (ColumnReader.Id(cursor, user), ColumnReader.Id(cursor, item), new HistoryReader(cursor, columns, items));
            while (cursor.MoveNext())
            {
                var (userId, itemId) = (getUser(), getItem());
                int who = users.PositionOf(userId);
                if (!items.TryGetPosition(itemId, out int target)) unknown.Add(itemId);
                ids.Add((userId, itemId));
                userOf.Add(who);
                targets.Add(target);
                historyItems.AddRange(reader.InRows ? reader.Read() : stored[who].Span);
                offsets.Add(historyItems.Count);
            }
        }
        if (userOf.Count == 0) throw Empty();
        if (unknown.Count > 0)
            throw new ArgumentException($"Expected items of the item table in column '{columns.Item}', found {unknown.Count} unknown ones, such as {string.Join(", ", unknown.Take(5).Select(id => $"'{id}'"))}. Add them to the item table or remove the rows.");
        return new RankingQueries([.. userOf], [.. targets], [.. offsets], [.. historyItems]) { Identity = QueryIdentity.Of(ids, items) };
    }

    /// <summary>Looks whether there is a row at all.</summary>
    /// <exception cref="ArgumentException">The table is empty.</exception>
    internal static void RequireRows(IDataView view)
    {
        using var cursor = view.GetRowCursor([]);
        if (!cursor.MoveNext()) throw Empty();
    }

    private static ArgumentException Empty() => new("Expected held-out rows, found an empty table. Is the split empty, or minHistory too high?");
}
