using AutoGraph.Core.Interactions;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>Interactions as they stand in a view, with the identity of each row.</summary>
/// <param name="Table">The rows, in the view's order.</param>
/// <param name="RowIds">The row ids of the view; empty unless asked for.</param>
internal sealed record InteractionRows(InteractionTable Table, IReadOnlyList<DataViewRowId> RowIds);

/// <summary>Reads interaction tables.</summary>
internal static class InteractionReader
{
    private const int Examples = 5;

    internal static void Check(SchemaShape schema, InteractionColumns columns)
    {
        ColumnKind.Id.Require(schema, columns.User, "the user id");
        ColumnKind.Id.Require(schema, columns.Item, "the item id");
        if (columns.Timestamp is { } time) ColumnKind.Time.Require(schema, time, "the time of the interaction");
    }

    /// <summary>Reads all rows.</summary>
    /// <param name="view">The interactions.</param>
    /// <param name="columns">Their columns.</param>
    /// <param name="users">The users that may occur; null: those that do, in order of appearance.</param>
    /// <param name="items">The items that may occur; null likewise.</param>
    /// <param name="withRowIds">Whether to keep the view's row ids.</param>
    /// <exception cref="ArgumentException">A column is missing or of a wrong type, a row lacks an id, or it names an unknown user or item.</exception>
    internal static InteractionRows Read(IDataView view, InteractionColumns columns, EntityIndex? users = null, EntityIndex? items = null, bool withRowIds = false)
    {
        var user = ColumnKind.Id.Require(view.Schema, columns.User, "the user id");
        var item = ColumnKind.Id.Require(view.Schema, columns.Item, "the item id");
        DataViewSchema.Column? time = columns.Timestamp is { } name ? ColumnKind.Time.Require(view.Schema, name, "the time of the interaction") : null;
        var (userIds, itemIds) = (new Side(columns.User, "user", users), new Side(columns.Item, "item", items));
        var (userOf, itemOf, timeOf, rowIds) = (new List<int>(), new List<int>(), new List<long>(), new List<DataViewRowId>());

        using (var cursor = view.GetRowCursor(time is { } t ? [user, item, t] : [user, item]))
        {
            var (getUser, getItem) = (ColumnReader.Id(cursor, user), ColumnReader.Id(cursor, item));
            var getTime = time is { } column ? ColumnReader.Time(cursor, column) : () => 0L;
            var getRowId = cursor.GetIdGetter();
            for (DataViewRowId rowId = default; cursor.MoveNext();)
            {
                userOf.Add(userIds.Position(getUser(), userOf.Count));
                itemOf.Add(itemIds.Position(getItem(), itemOf.Count));
                timeOf.Add(getTime());
                if (!withRowIds) continue;
                getRowId(ref rowId);
                rowIds.Add(rowId);
            }
        }

        if (userOf.Count == 0) throw new ArgumentException("Expected interactions, found an empty table. Check the file and the filters before this step.");
        userIds.ThrowIfUnknown();
        itemIds.ThrowIfUnknown();
        return new InteractionRows(new InteractionTable(userIds.Index(), itemIds.Index(), [.. userOf], [.. itemOf], [.. timeOf]), rowIds);
    }

    /// <summary>Positions of one side's ids: fixed by a table, or given as they appear.</summary>
    private sealed class Side(string column, string what, EntityIndex? known)
    {
        private readonly Dictionary<string, int> _seen = new(StringComparer.Ordinal);
        private readonly HashSet<string> _unknown = new(StringComparer.Ordinal);
        private int _unknownRows;

        internal int Position(string id, int row)
        {
            if (id.Length == 0) throw new ArgumentException($"Expected a {what} id in every row of column '{column}', found none in row {row}. Remove the row or give it an id.");
            if (known is null)
            {
                if (!_seen.TryGetValue(id, out int position)) _seen.Add(id, position = _seen.Count);
                return position;
            }
            int at = known.PositionOf(id);
            if (at >= 0) return at;
            _unknown.Add(id);
            _unknownRows++;
            return 0;
        }

        internal void ThrowIfUnknown()
        {
            if (_unknown.Count == 0) return;
            throw new ArgumentException(
                $"Expected only {what}s of the {what} table in column '{column}', found {_unknownRows} rows that name {_unknown.Count} unknown {what}s, such as " +
                $"{string.Join(", ", _unknown.Order(StringComparer.Ordinal).Take(Examples).Select(id => $"'{id}'"))}. Add them to the {what} table or remove their interactions.");
        }

        internal EntityIndex Index() => known ?? new EntityIndex(_seen.OrderBy(pair => pair.Value).Select(pair => pair.Key));
    }
}
