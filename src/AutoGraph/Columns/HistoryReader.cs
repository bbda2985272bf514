using AutoGraph.Core.Interactions;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph;

/// <summary>The history of the row at hand: its own where it brings one, else the user's stored one.</summary>
internal sealed class HistoryReader
{
    private readonly Func<List<string>>? _read;
    private readonly EntityIndex _items;

    internal HistoryReader(DataViewRow row, InteractionColumns columns, EntityIndex items)
    {
        _items = items;
        if (Find(row.Schema, columns) is { } column) _read = ColumnReader.Ids(row, column);
    }

    /// <summary>Whether rows bring their own.</summary>
    internal bool InRows => _read is not null;

    /// <summary>The row's own history; items the model does not know are left out.</summary>
    internal int[] Read() => [.. _read!().Select(_items.PositionOf).Where(item => item >= 0)];

    /// <summary>Throws where a column of that name holds something else.</summary>
    internal static void Check(SchemaShape schema, InteractionColumns columns)
    {
        if (schema.TryFindColumn(columns.History, out _)) ColumnKind.Ids.Require(schema, columns.History, Role);
    }

    private const string Role = "the history, oldest first";

    /// <summary>The history column, or null; throws where a column of that name holds something else.</summary>
    internal static DataViewSchema.Column? Find(DataViewSchema schema, InteractionColumns columns) =>
        schema.GetColumnOrNull(columns.History) is null ? null : ColumnKind.Ids.Require(schema, columns.History, Role);
}
