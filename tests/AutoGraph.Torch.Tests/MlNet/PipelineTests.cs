using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Torch.Tests.MlNet;

public class PipelineTests(WorldFixture fixture) : IClassFixture<WorldFixture>
{
    private SmallWorld World => fixture.World;

    private IDataView Test => World.Split.Test;

    [Fact]
    public void Fit_FourSteps_ScoresEveryRowFinite()
    {
        var scores = SmallWorld.Scores(fixture.Model, Test);
        Assert.Equal(Test.GetRowCount(), scores.Length);
        Assert.All(scores, score => Assert.True(float.IsFinite(score)));
        Assert.True(scores.Distinct().Count() > scores.Length / 2);
        var view = fixture.Model.Transform(Test);
        Assert.All(SmallWorld.Vectors(view, "UserGraphVector").Concat(SmallWorld.Vectors(view, "ItemGraphVector")), vector =>
        {
            Assert.Equal(8, vector.Length);
            Assert.All(vector, value => Assert.True(float.IsFinite(value)));
        });
    }

    [Fact]
    public void Fit_SameSeed_GivesTheSameScores()
    {
        var again = new SmallWorld();
        Assert.Equal(SmallWorld.Scores(fixture.Model, Test), SmallWorld.Scores(again.Fit(), again.Split.Test));
    }

    [Fact]
    public void Fit_AnotherContextSeed_GivesOtherScores()
    {
        var other = new SmallWorld(seed: 2);
        Assert.NotEqual(SmallWorld.Scores(fixture.Model, Test), SmallWorld.Scores(other.Fit(), other.Split.Test));
    }

    [Fact]
    public void Transform_HistoryInTheRow_CountsInsteadOfTheStoredOne()
    {
        var withHistory = SmallWorld.Scores(fixture.Model, Test);
        var without = SmallWorld.Scores(fixture.Model, World.Context.Transforms.DropColumns("History").Fit(Test).Transform(Test));
        Assert.NotEqual(withHistory, without);
    }

    [Fact]
    public void Transform_NoHistoryInTheRow_ReadsTheStoredOneOldestFirst()
    {
        var train = World.Context.Data.CreateEnumerable<Tables.Interaction>(World.Split.Train, reuseRowObject: false).ToArray();
        var (user, item) = (train[0].UserId, train[1].ItemId);
        string[] stored = [.. train.Where(row => row.UserId == user).OrderBy(row => row.Timestamp).Select(row => row.ItemId)];
        float Score(params string[] history) => SmallWorld.Scores(fixture.Model, World.Context.Data.LoadFromEnumerable([new Row { UserId = user, ItemId = item, History = history }]))[0];

        float withoutHistory = SmallWorld.Scores(fixture.Model, Tables.Interactions(World.Context, (user, item, 1)))[0];

        Assert.Equal(withoutHistory, Score(stored), 1e-5f);
        Assert.NotEqual(withoutHistory, Score(stored[0]));
        Assert.Equal(Score(), Score("nothing known"));
    }

    [Fact]
    public void Transform_UnknownUserAndItem_ScoresFinite()
    {
        var rows = Tables.Interactions(World.Context, ("nobody", "b001", 1), ("nobody", "nothing", 2), (Known("UserId", World.Data.Users), "nothing", 3));
        Assert.All(SmallWorld.Scores(fixture.Model, rows), score => Assert.True(float.IsFinite(score)));
        Assert.All(SmallWorld.Vectors(fixture.Model.Transform(rows), "ItemGraphVector").SelectMany(vector => vector), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Transform_UnknownIds_GetTheMeanGraphVector()
    {
        var rows = Tables.Interactions(World.Context, ("nobody", "nothing", 1));
        var view = fixture.Model.Transform(rows);
        var graph = fixture.Model.LastTransformer.Model.Graph!;
        float[] mean = [.. Enumerable.Range(0, 8).Select(d => Enumerable.Range(0, graph.Graph.UserCount).Average(u => graph.UserVectors.Span[u * 8 + d]))];
        Assert.Equal(mean, SmallWorld.Vectors(view, "UserGraphVector")[0], (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.All(SmallWorld.Vectors(view, "ItemGraphVector")[0], value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Transform_AfterTheRecommender_GraphVectorsAreItsOwnTrainedCopy()
    {
        var step3 = (MetapathGraphTransformer)((IEnumerable<ITransformer>)fixture.Model).First();
        var before = SmallWorld.Vectors(step3.Transform(Test), "UserGraphVector");
        var after = SmallWorld.Vectors(fixture.Model.Transform(Test), "UserGraphVector");
        Assert.NotEqual(before[0], after[0]);
        Assert.Equal(before[0], step3.UserVector(Tables.Texts(Test, "UserId")[0]).ToArray());
        Assert.Equal(after[0], fixture.Model.LastTransformer.UserVector(Tables.Texts(Test, "UserId")[0]).ToArray());
        Assert.Equal(SmallWorld.Vectors(fixture.Model.Transform(Test), "ItemGraphVector")[0], fixture.Model.LastTransformer.ItemVector(Tables.Texts(Test, "ItemId")[0]).ToArray());
        _ = fixture.Model.LastTransformer.Transform(step3.Transform(Test)).Preview();
        Assert.Equal(2, fixture.Model.Transform(Test).Schema.Count(column => column.Name == "UserGraphVector"));
        Assert.Equal(before[0], SmallWorld.Vectors(step3.Transform(Test), "UserGraphVector")[0]);
    }

    [Fact]
    public void Transform_CachePreviewShuffle_GiveTheSameScores()
    {
        var expected = SmallWorld.Scores(fixture.Model, Test);
        Assert.Equal(expected, SmallWorld.Scores(fixture.Model, World.Context.Data.Cache(Test)));
        Assert.Equal(expected, World.Context.Data.Cache(fixture.Model.Transform(Test)).GetColumn<float>("Score"));
        Assert.Equal(expected.Length, fixture.Model.Transform(Test).Preview().RowView.Length);
        Assert.Equal(expected.Order(), SmallWorld.Scores(fixture.Model, World.Context.Data.ShuffleRows(Test, seed: 4)).Order(), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void PredictionEngine_OneRow_GivesTheScoreOfTheView()
    {
        var row = World.Context.Data.CreateEnumerable<Row>(Test, reuseRowObject: false).First();
        using var engine = World.Context.Model.CreatePredictionEngine<Row, Scored>(fixture.Model, Test.Schema);
        Assert.Equal(SmallWorld.Scores(fixture.Model, Test)[0], engine.Predict(row).Score, 1e-5);
    }

    [Fact]
    public void PredictionEngine_SeveralRowsWithoutHistory_GivesTheScoresOfTheView()
    {
        using var engine = World.Context.Model.CreatePredictionEngine<Tables.Interaction, Scored>(fixture.Model, World.Split.Train.Schema);
        var rows = World.Context.Data.CreateEnumerable<Tables.Interaction>(World.Split.Train, reuseRowObject: false).Take(3);
        Assert.Equal(SmallWorld.Scores(fixture.Model, World.Split.Train)[..3], rows.Select(row => engine.Predict(row).Score), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void Evaluate_TestRows_NamesTheProtocolAndCountsEveryRow()
    {
        var report = World.AutoGraph.Evaluate(fixture.Model, Test);
        Assert.Equal(Test.GetRowCount(), report.SeenKept.Evaluated);
        Assert.InRange(report.SeenKept.Average.GroupedAuc, 0.0, 1.0);
        Assert.InRange(report.SeenKept.Average.Ndcg, 0.0, 1.0);
        Assert.Contains("test split", report.ToString(), StringComparison.Ordinal);
        Assert.Contains("seen items masked", report.ToString(), StringComparison.Ordinal);
        Assert.Contains("novelty", report.ToString(), StringComparison.Ordinal);
        foreach (var result in (Core.Evaluation.RankingResult[])[report.SeenKept, report.SeenMasked])
        {
            Assert.InRange(result.Lists!.Coverage, 0.01, 1.0);
            Assert.Equal(result.Evaluated, result.ByUserActivity.Sum(slice => slice.Evaluated));
            Assert.Equal(result.Evaluated, result.ByItemPopularity.Sum(slice => slice.Evaluated));
        }
    }

    [Fact]
    public void Evaluate_WithCountsOfTheCaller_UsesThem()
    {
        int[] items = new int[fixture.Model.LastTransformer.Items.Ids.Count];
        var slices = World.AutoGraph.Evaluate(fixture.Model, Test, new() { ItemInteractions = items }).SeenKept.ByItemPopularity;
        Assert.Equal(["test (items with 0 to 5 interactions)"], slices.Select(slice => slice.Protocol.Split));
    }

    [Fact]
    public void CreateEngine_KnownUser_GivesNewItemsBestFirstWithTrueReasons()
    {
        string user = Known("UserId", World.Data.Users);
        var seen = World.Context.Data.CreateEnumerable<Tables.Interaction>(World.Split.Train, false).Where(row => row.UserId == user).Select(row => row.ItemId).ToHashSet();
        var best = World.AutoGraph.CreateEngine(fixture.Model).Recommend(user, count: 10);

        Assert.Equal(10, best.Count);
        Assert.DoesNotContain(best, item => seen.Contains(item.ItemId));
        Assert.Equal(best.OrderByDescending(item => item.Score).Select(item => item.ItemId), best.Select(item => item.ItemId));
        var codes = Codes();
        Assert.Contains(best, item => item.Reasons.Count > 0);
        Assert.All(best.SelectMany(item => item.Reasons.SelectMany(reason => reason.HistoryItems.Select(other => (item.ItemId, other, reason)))), found =>
        {
            Assert.Contains(found.other, seen);
            Assert.Equal(found.reason.Code, codes[found.ItemId][found.reason.Level]);
            Assert.Equal(found.reason.Code, codes[found.other][found.reason.Level]);
        });
    }

    [Fact]
    public void CreateEngine_ScoreOfAnItem_IsTheScoreOfTheView()
    {
        string user = Known("UserId", World.Data.Users);
        var best = World.AutoGraph.CreateEngine(fixture.Model).Recommend(user, count: 3);
        var rows = Tables.Interactions(World.Context, [.. best.Select(item => (user, item.ItemId, 0L))]);
        Assert.Equal(best.Select(item => item.Score), SmallWorld.Scores(fixture.Model, rows), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void CreateEngine_HistoryAtHandAndUnknownUser_Answer()
    {
        var engine = World.AutoGraph.CreateEngine(fixture.Model);
        Assert.Equal(5, engine.Recommend("nobody", 5).Count);
        var best = engine.RecommendFor([Known("ItemId", World.Data.Items), "nothing"], 5);
        Assert.Equal(5, best.Count);
        Assert.DoesNotContain(best, item => item.ItemId == Known("ItemId", World.Data.Items));
    }

    [Fact]
    public async Task CreateEngine_ManyThreads_GiveTheSameAnswer()
    {
        var engine = World.AutoGraph.CreateEngine(fixture.Model);
        string user = Known("UserId", World.Data.Users);
        string Answer() => string.Join(",", engine.Recommend(user).Select(item => item.ItemId));
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(Answer)));
        Assert.All(answers, answer => Assert.Equal(answers[0], answer));
    }

    [Fact]
    public void CreateEngine_ModelWithoutRecommender_Throws()
    {
        var step3 = ((IEnumerable<ITransformer>)fixture.Model).First();
        var error = Assert.Throws<ArgumentException>(() => World.AutoGraph.CreateEngine(step3));
        Assert.Contains("found MetapathGraphTransformer. Append autoGraph.Recommender", error.Message, StringComparison.Ordinal);
    }

    private Dictionary<string, int[]> Codes()
    {
        var table = fixture.Model.LastTransformer.Model.Graph!.Graph.ItemCodes;
        return fixture.Model.LastTransformer.Items.Ids.Ids.Select((id, row) => (id, codes: table.Row(row).ToArray())).ToDictionary(item => item.id, item => item.codes);
    }

    private static string Known(string column, IDataView view) => Tables.Texts(view, column)[0];

    private sealed class Row
    {
        public string UserId { get; set; } = "";
        public string ItemId { get; set; } = "";
        public long Timestamp { get; set; }
        public string[] History { get; set; } = [];
    }

    private sealed class Scored { public float Score { get; set; } }
}
