using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Torch.Tests.MlNet;

public class LeaveOneOutTests
{
    private readonly MLContext _context = new(seed: 1);

    // a: four rows out of order; b: two rows; c: one row
    private IDataView Rows() => Tables.Interactions(_context,
        ("a", "1", 40), ("b", "9", 5), ("a", "2", 10), ("a", "3", 30), ("c", "1", 1), ("b", "8", 6), ("a", "4", 20));

    [Fact]
    public void LeaveOneOut_LastSampleTests_SecondLastValidates_RestTrainsInRowOrder()
    {
        var split = _context.AutoGraph().Data.LeaveOneOut(Rows(), minHistory: 1);

        Assert.Equal(["1", "8"], Tables.Texts(split.Test, "ItemId"));
        Assert.Equal(["3"], Tables.Texts(split.Validation, "ItemId"));
        Assert.Equal(["9", "2", "1", "4"], Tables.Texts(split.Train, "ItemId"));
        Assert.Equal((4L, 1L, 2L), (split.Train.GetRowCount(), split.Validation.GetRowCount(), split.Test.GetRowCount()));
    }

    [Fact]
    public void LeaveOneOut_HeldOutRows_CarryTheWholeHistoryOldestFirst()
    {
        var split = _context.AutoGraph().Data.LeaveOneOut(Rows(), minHistory: 1);

        Assert.Equal([["2", "4", "3"], ["9"]], Tables.TextVectors(split.Test, "History"));
        Assert.Equal([["2", "4"]], Tables.TextVectors(split.Validation, "History"));
        Assert.Null(split.Train.Schema.GetColumnOrNull("History"));
    }

    [Fact]
    public void LeaveOneOut_OverCacheShuffleAndPreview_GivesTheSameRows()
    {
        var split = _context.AutoGraph().Data.LeaveOneOut(_context.Data.Cache(Rows()), minHistory: 1);

        var shuffled = _context.Data.ShuffleRows(split.Test, seed: 3);
        var pairs = Tables.Texts(shuffled, "ItemId").Zip(Tables.TextVectors(shuffled, "History"), (item, history) => $"{item}:{string.Join(",", history)}");
        Assert.Equal(["1:2,4,3", "8:9"], pairs.Order());
        var cached = _context.Data.Cache(split.Test);
        Assert.Equal([["2", "4", "3"], ["9"]], Tables.TextVectors(cached, "History"));
        Assert.Equal(2, split.Test.Preview().RowView.Length);
    }

    [Fact]
    public void LeaveOneOut_ParallelCursors_SeeEachRowOnce()
    {
        var rows = Enumerable.Range(0, 300).Select(i => ($"u{i % 30}", $"i{i}", (long)i)).ToArray();
        var split = _context.AutoGraph().Data.LeaveOneOut(_context.Data.Cache(Tables.Interactions(_context, rows)));
        var column = split.Train.Schema["ItemId"];

        var seen = new List<string>();
        foreach (var cursor in split.Train.GetRowCursorSet([column], 2))
            using (cursor)
                for (var read = ColumnReader.Id(cursor, column); cursor.MoveNext();) seen.Add(read());

        Assert.Equal(240, seen.Count);
        Assert.Equal(240, seen.Distinct().Count());
    }

    [Fact]
    public void LeaveOneOut_KeyAndIntegerIdsAndDateTimes_ReadAsTheirText()
    {
        var data = _context.Data.LoadFromEnumerable(new[]
        {
            new Typed { UserId = 7, ItemId = "x", Timestamp = new DateTime(2020, 1, 2, 0, 0, 0, DateTimeKind.Utc) },
            new Typed { UserId = 7, ItemId = "y", Timestamp = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc) },
        });
        var keyed = _context.Transforms.Conversion.MapValueToKey("ItemId").Fit(data).Transform(data);

        var split = _context.AutoGraph().Data.LeaveOneOut(keyed, minHistory: 1);

        Assert.Equal([["y"]], Tables.TextVectors(split.Test, "History"));
    }

    [Fact]
    public void LeaveOneOut_MissingColumn_ListsWhatIsThere()
    {
        var error = Assert.Throws<ArgumentException>(() => _context.AutoGraph().Data.LeaveOneOut(Rows(), new() { User = "Reader" }));
        Assert.Contains("'Reader' (the user id); found only UserId, ItemId, Timestamp", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LeaveOneOut_WrongColumnType_SaysExpectedAndFound()
    {
        var wrong = _context.Data.LoadFromEnumerable(new[] { new Wrong() });
        var error = Assert.Throws<ArgumentException>(() => _context.AutoGraph().Data.LeaveOneOut(wrong));
        Assert.Contains("'UserId' (the user id) to hold an id: text, a key or a whole number; found Single. Convert", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LeaveOneOut_EmptyTable_Throws()
    {
        var error = Assert.Throws<ArgumentException>(() => _context.AutoGraph().Data.LeaveOneOut(Tables.Interactions(_context)));
        Assert.Contains("found an empty table", error.Message, StringComparison.Ordinal);
    }

    private sealed class Typed
    {
        public int UserId { get; set; }
        public string ItemId { get; set; } = "";
        public DateTime Timestamp { get; set; }
    }

    private sealed class Wrong
    {
        public float UserId { get; set; }
        public string ItemId { get; set; } = "";
        public long Timestamp { get; set; }
    }
}
