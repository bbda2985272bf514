using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph.Torch.Tests.MlNet;

/// <summary>Small tables and readers for the tests of the façade.</summary>
internal static class Tables
{
    internal sealed class Interaction
    {
        public string UserId { get; set; } = "";
        public string ItemId { get; set; } = "";
        public long Timestamp { get; set; }
    }

    internal static IDataView Interactions(MLContext context, params (string User, string Item, long Time)[] rows) =>
        context.Data.LoadFromEnumerable(rows.Select(row => new Interaction { UserId = row.User, ItemId = row.Item, Timestamp = row.Time }).ToList());

    internal static string[] Texts(IDataView view, string column) => [.. view.GetColumn<ReadOnlyMemory<char>>(view.Schema[column]).Select(text => text.ToString())];

    internal static string[][] TextVectors(IDataView view, string column)
    {
        using var cursor = view.GetRowCursor([view.Schema[column]]);
        var read = ColumnReader.Ids(cursor, view.Schema[column]);
        var rows = new List<string[]>();
        while (cursor.MoveNext()) rows.Add([.. read()]);
        return [.. rows];
    }
}
