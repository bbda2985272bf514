using AutoGraph.Core.Evaluation;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Torch.Tests.MlNet;

public sealed class GlobalTimeSplitTests
{
    private readonly MLContext _context = new(seed: 1);

    private AutoGraphCatalog AutoGraph => _context.AutoGraph();

    // user a at times 10 to 60, b at 15, 35 and 55, out of order
    private IDataView Rows() => Tables.Interactions(_context,
        ("a", "6", 60), ("b", "8", 35), ("a", "1", 10), ("a", "3", 30), ("b", "7", 15), ("a", "2", 20), ("a", "5", 50), ("b", "9", 55), ("a", "4", 40));

    [Fact]
    public void GlobalTimeSplitAt_TwoMoments_DividesRowsByTimeWithTheirHistories()
    {
        var split = AutoGraph.Data.GlobalTimeSplitAt(Rows(), validationFrom: 35, testFrom: 50, minHistory: 2);
        Assert.Equal(["1", "3", "7", "2"], Tables.Texts(split.Train, "ItemId"));
        Assert.Equal(["4"], Tables.Texts(split.Validation, "ItemId"));           // b's row at 35 has but one earlier: it is history alone
        Assert.Equal(["6", "5", "9"], Tables.Texts(split.Test, "ItemId"));
        Assert.Equal([["1", "2", "3", "4", "5"], ["1", "2", "3", "4"], ["7", "8"]], Tables.TextVectors(split.Test, "History"));
        Assert.Null(split.Train.Schema.GetColumnOrNull("History"));
    }

    [Theory, InlineData(DataKind.Single), InlineData(DataKind.Double), InlineData(DataKind.Int32), InlineData(DataKind.DateTime)]
    public void GlobalTimeSplitAt_TimesOfAnotherType_DividesAlike(DataKind kind)
    {
        var rows = Rows();
        var view = kind == DataKind.DateTime
            ? _context.Transforms.CustomMapping<Tables.Interaction, Dated>((row, dated) => dated.When = new DateTime(row.Timestamp, DateTimeKind.Utc), null).Fit(rows).Transform(rows)
            : _context.Transforms.Conversion.ConvertType("When", "Timestamp", kind).Fit(rows).Transform(rows);
        var (expected, split) = (AutoGraph.Data.GlobalTimeSplitAt(Rows(), 35, 50, minHistory: 2), AutoGraph.Data.GlobalTimeSplitAt(view, 35, 50, new() { Timestamp = "When" }, minHistory: 2));
        foreach (var (a, b) in new[] { (expected.Train, split.Train), (expected.Validation, split.Validation), (expected.Test, split.Test) })
            Assert.Equal(Tables.Texts(a, "ItemId"), Tables.Texts(b, "ItemId"));
        Assert.Contains("to split at moments", Assert.Throws<ArgumentException>(() => AutoGraph.Data.GlobalTimeSplitAt(Rows(), 35, 50, new() { Timestamp = null })).Message, StringComparison.Ordinal);
        Assert.Contains("Expected testFrom at or after", Assert.Throws<ArgumentException>(() => AutoGraph.Data.GlobalTimeSplitAt(view, 50, 35, new() { Timestamp = "When" })).Message, StringComparison.Ordinal);
    }

    private sealed class Dated
    {
        public DateTime When { get; set; }
    }

    [Fact]
    public void GlobalTimeSplit_PartsOfTheRows_AreCutsAtTheirTimes()
    {
        var split = AutoGraph.Data.GlobalTimeSplit(Rows(), validationFrom: .45, testFrom: .7, minHistory: 1);
        var at = AutoGraph.Data.GlobalTimeSplitAt(Rows(), 35, 50, minHistory: 1);       // of nine rows in order those at places 4 and 6
        Assert.Equal(Tables.Texts(at.Train, "ItemId"), Tables.Texts(split.Train, "ItemId"));
        Assert.Equal(Tables.Texts(at.Validation, "ItemId"), Tables.Texts(split.Validation, "ItemId"));
        Assert.Equal(Tables.Texts(at.Test, "ItemId"), Tables.Texts(split.Test, "ItemId"));
        Assert.Contains("Choose a later cut", Assert.Throws<ArgumentException>(() => AutoGraph.Data.GlobalTimeSplitAt(Rows(), 1, 2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_AScorerOfOnesOwn_HandComputed()
    {
        var split = AutoGraph.Data.GlobalTimeSplitAt(Rows(), validationFrom: 35, testFrom: 50, minHistory: 2);
        var calls = new List<string>();
        var report = AutoGraph.Evaluate(split.Test, ["9", "6", "5", "1"], (user, history, scores) =>
        {
            calls.Add($"{user}:{string.Join(',', history)}");
            new float[] { 4, 3, 2, 1 }.CopyTo(scores);
        }, new() { Cutoff = 1 });
        Assert.Equal(["a:1,5", "a:1", "b:"], calls);        // items that are not ranked are left out of histories
        Assert.Equal([2.0, 3, 1], report.SeenKept.Ranks.ToArray());
        Assert.Equal([2, 3, 4], report.SeenMasked.Candidates.ToArray());
        Assert.Equal(1 / 3.0, report.SeenKept.Average.HitRate, 1e-12);
        Assert.Contains("3 rows of 2 users", report.SeenKept.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_TheSameRowsOverItemsInAnotherOrder_AreCompared()
    {
        var test = AutoGraph.Data.GlobalTimeSplitAt(Rows(), validationFrom: 35, testFrom: 50, minHistory: 2).Test;
        RankingResult Of(IDataView rows, params string[] items) => AutoGraph.Evaluate(rows, items, (_, _, scores) => { for (int i = 0; i < items.Length; i++) scores[i] = items[i][0]; }).SeenKept;
        var result = Of(test, "9", "6", "5", "1");
        var same = PairedComparison.Compare([result], [Of(test, "1", "5", "6", "9")], RankingMetric.Ndcg);
        Assert.Equal((2, 0.0), (same.Users, same.Difference));
        var shuffled = _context.Data.ShuffleRows(_context.Data.Cache(test), seed: 2);
        Assert.NotEqual(Tables.Texts(test, "ItemId"), Tables.Texts(shuffled, "ItemId"));
        Assert.Throws<ArgumentException>(() => PairedComparison.Compare([result], [Of(shuffled, "9", "6", "5", "1")], RankingMetric.Ndcg));
    }

    [Fact]
    public void Evaluate_WithoutHistoriesItemsOrScores_SaysWhatIsMissing()
    {
        var split = AutoGraph.Data.GlobalTimeSplitAt(Rows(), validationFrom: 35, testFrom: 50, minHistory: 2);
        RowScorer none = (_, _, scores) => scores.Clear();
        Says<ArgumentException>("found none. Split with", () => AutoGraph.Evaluate(split.Train, ["1", "2"], none));
        Says<ArgumentException>("such as '6'", () => AutoGraph.Evaluate(split.Test, ["9", "5"], none));
        Says<ArgumentException>("'9' in rows", () => AutoGraph.Evaluate(split.Test, ["9", "9"], none));
        Says<InvalidOperationException>("NaN", () => AutoGraph.Evaluate(split.Test, ["9", "6", "5"], (_, _, scores) => scores[0] = 1));

        static void Says<T>(string expected, Action action) where T : Exception => Assert.Contains(expected, Assert.Throws<T>(action).Message, StringComparison.Ordinal);
    }
}
