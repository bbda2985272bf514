using AutoGraph.TestKit;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Torch.Tests.MlNet;

public class FourStepsTests(TrainedWorld world) : IClassFixture<TrainedWorld>
{
    [Fact]
    public void Fit_AllSteps_ScoresAndRanksAndVectorsAreFinite()
    {
        var scored = world.Model.Transform(world.Split.Test);
        Assert.NotEmpty(scored.GetColumn<float>("Score"));
        Assert.All(scored.GetColumn<float>("Score"), score => Assert.True(float.IsFinite(score)));
        Assert.All(TrainedWorld.Vectors(scored, "UserGraphVector").Concat(TrainedWorld.Vectors(scored, "ItemGraphVector")), vector =>
        {
            Assert.Equal(8, vector.Length);
            Assert.All(vector, value => Assert.True(float.IsFinite(value)));
        });
        var report = world.AutoGraph.Evaluate(world.Model, world.Split.Test);
        Assert.Equal(world.Split.Test.GetRowCount(), report.SeenKept.Evaluated);
        Assert.InRange(report.SeenKept.Average.Ndcg, 0, 1);
    }

    [Fact]
    public void Fit_SameSeedTwice_GivesTheSameScoresBitByBit() =>
        Assert.Equal(TrainedWorld.Scores(world.Model, world.Split.Test), TrainedWorld.Scores(world.Pipeline().Fit(world.Split.Train), world.Split.Test));

    [Fact]
    public void Fit_Recommender_HidesStepThreesVectorsAndLeavesItsTransformerAlone()
    {
        var chain = (TransformerChain<ITransformer>)new TransformerChain<ITransformer>([.. TransformerSearch.Flatten(world.Model)]);
        var graph = chain.First();
        var before = TrainedWorld.Vectors(graph.Transform(world.Split.Test), "UserGraphVector");
        var after = TrainedWorld.Vectors(world.Model.Transform(world.Split.Test), "UserGraphVector");
        Assert.NotEqual(before[0], after[0]);
        _ = chain.Last().Transform(graph.Transform(world.Split.Test)).Preview();
        Assert.Equal(before[0], TrainedWorld.Vectors(graph.Transform(world.Split.Test), "UserGraphVector")[0]);
        Assert.Equal(2, world.Model.Transform(world.Split.Test).Schema.Count(column => column.Name == "UserGraphVector"));
    }

    [Fact]
    public void Fit_CacheCheckpointSelectAndCopyBetween_KeepTheGraph()
    {
        var pipeline = world.AutoGraph.MetapathGraph(world.Users, world.Items, TrainedWorld.Graph)
            .AppendCacheCheckpoint(world.Context)
            .Append(world.Context.Transforms.CopyColumns("Copy", "UserGraphVector"))
            .Append(world.Context.Transforms.SelectColumns("UserId", "ItemId", "Timestamp", "UserGraphVector", "ItemGraphVector"))
            .Append(world.AutoGraph.Recommender(TrainedWorld.Recommender, world.Split.Validation));
        var cached = world.Context.Data.Cache(pipeline.Fit(world.Split.Train).Transform(world.Split.Train));
        Assert.All(cached.GetColumn<float>("Score"), score => Assert.True(float.IsFinite(score)));
        Assert.Equal(5, cached.Preview(maxRows: 5).RowView.Length);
    }

    [Fact]
    public void Fit_WithoutTheGraphInTheInput_NamesWhatLosesIt()
    {
        var error = Assert.Throws<InvalidOperationException>(() => world.AutoGraph.Recommender(TrainedWorld.Recommender).Fit(world.Split.Train));
        Assert.Contains("Concatenate and SaveAsBinary lose it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_PlainBackbone_NeedsNoCodesAndGivesNoReasons()
    {
        var plain = world.AutoGraph.Recommender(new SideTable(world.Data.Users, "UserId"), new SideTable(world.Data.Items, "ItemId"), TrainedWorld.Recommender, world.Split.Validation).Fit(world.Split.Train);
        Assert.All(TrainedWorld.Scores(plain, world.Split.Test), score => Assert.True(float.IsFinite(score)));
        Assert.Null(plain.Transform(world.Split.Test).Schema.GetColumnOrNull("UserGraphVector"));
        Assert.All(world.AutoGraph.CreateEngine(plain).Recommend("u1", 5), item => Assert.Empty(item.Reasons));
    }

    [Fact]
    public void Recommend_KnownUser_LeavesSeenItemsOutAndReasonsShareTheFactor()
    {
        string user = Tables.Texts(world.Split.Test, "UserId")[0];
        var seen = Tables.Texts(world.Split.Train, "UserId").Zip(Tables.Texts(world.Split.Train, "ItemId")).Where(row => row.First == user).Select(row => row.Second).ToHashSet();
        var graph = TransformerSearch.Flatten(world.Model).OfType<MetapathGraphTransformer>().Single();
        var codes = graph.State.Model.Graph.ItemCodes;
        int Code(string item, int level) => codes.Row(graph.State.Items.Ids.PositionOf(item))[level];

        var best = world.AutoGraph.CreateEngine(world.Model).Recommend(user, 10);

        Assert.Equal(10, best.Count);
        Assert.DoesNotContain(best, item => seen.Contains(item.ItemId));
        Assert.Equal(best.Select(item => item.Score).OrderDescending(), best.Select(item => item.Score));
        Assert.Contains(best, item => item.Reasons.Count > 0);
        foreach (var item in best)
            foreach (var reason in item.Reasons)
            {
                Assert.Equal(reason.Code, Code(item.ItemId, reason.Level));
                Assert.All(reason.HistoryItems, other => Assert.Equal(reason.Code, Code(other, reason.Level)));
                Assert.Subset(seen, reason.HistoryItems.ToHashSet());
            }
    }

    [Fact]
    public void Score_UnknownUserAndItem_IsFinite()
    {
        var rows = Tables.Interactions(world.Context, ("nobody", "nothing", 1), ("nobody", Tables.Texts(world.Data.Items, "ItemId")[0], 1), (Tables.Texts(world.Data.Users, "UserId")[0], "nothing", 1));
        var scored = world.Model.Transform(rows);
        Assert.All(scored.GetColumn<float>("Score"), score => Assert.True(float.IsFinite(score)));
        Assert.All(TrainedWorld.Vectors(scored, "ItemGraphVector"), vector => Assert.All(vector, value => Assert.True(float.IsFinite(value))));
        Assert.Equal(5, world.AutoGraph.CreateEngine(world.Model).Recommend("nobody", 5).Count);
    }

    [Fact]
    public void Score_StoredHistory_IsUsedUnlessTheRowBringsOne()
    {
        var (user, item) = (Tables.Texts(world.Split.Train, "UserId")[0], Tables.Texts(world.Split.Train, "ItemId")[1]);
        string[] stored = [.. Tables.Texts(world.Split.Train, "UserId").Zip(Tables.Texts(world.Split.Train, "ItemId")).Where(row => row.First == user).Select(row => row.Second)];
        float Score(string[]? history) => TrainedWorld.Scores(world.Model, history is null
            ? Tables.Interactions(world.Context, (user, item, 1))
            : world.Context.Data.LoadFromEnumerable([new WithHistory { UserId = user, ItemId = item, History = history }]))[0];

        var times = world.Split.Train.GetColumn<long>("Timestamp").Zip(Tables.Texts(world.Split.Train, "UserId")).Where(row => row.Second == user).Select(row => row.First).ToArray();
        Assert.Equal(Score(null), Score([.. stored.Zip(times).OrderBy(row => row.Second).Select(row => row.First)]), 1e-5f);
        Assert.NotEqual(Score(null), Score([stored[0]]));
        Assert.Equal(Score([]), Score(["nothing known"]));
    }

    [Fact]
    public void PredictionEngine_OneRow_ScoresAsTransformDoes()
    {
        using var engine = world.Context.Model.CreatePredictionEngine<Tables.Interaction, Scored>(world.Model, world.Split.Train.Schema);
        var rows = world.Context.Data.CreateEnumerable<Tables.Interaction>(world.Split.Train, reuseRowObject: false).Take(3).ToArray();
        var expected = TrainedWorld.Scores(world.Model, world.Split.Train);
        for (int i = 0; i < rows.Length; i++) Assert.Equal(expected[i], engine.Predict(rows[i]).Score, 1e-5f);
    }

    [Fact]
    public void ModelSaveAndLoad_FreshContext_ScoresBitByBitAndRecommendsAlike()
    {
        using var folder = new TempFolder();
        string file = folder.File("model.zip");
        world.Context.Model.Save(world.Model, world.Split.Train.Schema, file);

        var fresh = new MLContext();
        var loaded = fresh.Model.Load(file, out var schema);

        Assert.Equal(["UserId", "ItemId", "Timestamp"], schema.Select(column => column.Name));
        Assert.Equal(TrainedWorld.Scores(world.Model, world.Split.Test), TrainedWorld.Scores(loaded, world.Split.Test));
        var (before, after) = (world.AutoGraph.CreateEngine(world.Model).Recommend("u1", 5), fresh.AutoGraph().CreateEngine(loaded).Recommend("u1", 5));
        Assert.Equal(before.Select(item => (item.ItemId, item.Score)), after.Select(item => (item.ItemId, item.Score)));
        Assert.Equal(before.SelectMany(item => item.Reasons).SelectMany(reason => reason.HistoryItems), after.SelectMany(item => item.Reasons).SelectMany(reason => reason.HistoryItems));
    }

    [Fact]
    public void SaveAndLoad_Sealed_SidePipelinesComeBackAndPlainLoaderReadsItToo()
    {
        using var folder = new TempFolder();
        string file = folder.File("model.zip");
        world.AutoGraph.Save(world.Model, world.Split.Train.Schema, file);

        var loaded = world.AutoGraph.Load(file, out _);

        var pipeline = TransformerSearch.Flatten(loaded).OfType<MetapathGraphTransformer>().Single().ItemPipeline!;
        var original = TransformerSearch.Flatten(world.Model).OfType<MetapathGraphTransformer>().Single().ItemPipeline!;
        Assert.Equal(TrainedWorld.Vectors(original.Transform(world.Data.Items), "CodesQuantized"), TrainedWorld.Vectors(pipeline.Transform(world.Data.Items), "CodesQuantized"));
        Assert.Equal(TrainedWorld.Scores(loaded, world.Split.Test), TrainedWorld.Scores(new MLContext().Model.Load(file, out _), world.Split.Test));
        Assert.Equal([file], Directory.GetFiles(folder.Path));
    }

    internal sealed class WithHistory
    {
        public string UserId { get; set; } = "";
        public string ItemId { get; set; } = "";
        public string[] History { get; set; } = [];
    }

    internal sealed class Scored { public float Score { get; set; } }
}
