using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using AutoGraph.Torch.Tests.MlNet;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace AutoGraph.Torch.Tests.Serving;

[Collection(nameof(Sequential))]    // gauges are those of the latest engine of the process
public sealed class DriftTests(DriftTests.CodedWorld world) : IClassFixture<DriftTests.CodedWorld>
{
    /// <summary>A world whose codes say much of its texts.</summary>
    public sealed class CodedWorld
    {
        private readonly ServedWorld _served = new(new() { Quantizer = Quantizer.ResidualKMeans, Levels = 2, CodebookSize = 8 });

        public MLContext Context => _served.Context;

        public AutoGraphCatalog AutoGraph => _served.AutoGraph;

        public ITransformer Model => _served.Model;

        public IReadOnlyDictionary<string, IReadOnlyDictionary<string, object>> Items => _served.Items;

        public IReadOnlyDictionary<string, IReadOnlyDictionary<string, object>> Users => _served.Users;

        public (string User, string Item, long Time)[] Train => _served.Train;

        public string ColdItem => _served.ColdItem;

        public string ColdUser => _served.ColdUser;

        internal RecommendationEngine Engine() => _served.Engine();
    }

    [Fact]
    public void ItemDrift_CopiesOfTrainingItems_HaveTheirErrorAndNoReason()
    {
        using var engine = world.Engine();
        engine.AddItems([.. world.Items.Select(item => new NewItem("copy of " + item.Key) { Values = item.Value })]);
        var report = engine.ItemDrift(new DriftOptions { LeastRows = 10 });
        Assert.Equal((world.Items.Count, world.Items.Count, 2), (report.TrainingRows, report.NewRows, report.Levels.Count));
        var health = ItemQuantizer.Health;
        foreach (var level in report.Levels)
        {
            Assert.Equal(health.Levels[level.Level].RelativeError, level.TrainingError, 1e-3);
            Assert.Equal(level.TrainingError, level.NewError!.Value, 1e-3);
            Assert.Equal(0, level.Load.Distance, 1e-9);
        }
        Assert.False(report.Refit);
        Assert.Contains("no reason to refit", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ItemDrift_VectorsFarFromAllCodes_AdvisesARefitOnceThereAreEnough()
    {
        using var engine = world.Engine();
        float[][] trained = SmallWorld.Vectors(Pipeline.Transform(world.Context.Data.LoadFromEnumerable(world.Items.Values.Select(item => new Text { Knowledge = (string)item["Knowledge"] }))), "Semantics");
        float[] centre = [.. Enumerable.Range(0, trained[0].Length).Select(d => trained.Average(row => row[d]))];
        var random = new Random(1);
        for (int i = 0; i < 12; i++)
            engine.AddItem(new NewItem($"odd {i}") { Values = new Dictionary<string, object> { ["Year"] = 1900 }, SemanticVector = [.. centre.Select(value => value + 5 * (random.NextSingle() - 0.5f))] });
        engine.AddItem(new NewItem("removed") { Values = world.Items[world.ColdItem] });
        engine.RemoveItem("removed");
        Assert.Empty(engine.ItemDrift().Reasons);
        var report = engine.ItemDrift(new DriftOptions { LeastRows = 12 });
        Assert.Equal(12, report.NewRows);
        Assert.True(report.Refit && report.Levels[^1].Explained < 0.3, report.ToString());
        Assert.Contains("of what they explain of training items", report.Reasons[0], StringComparison.Ordinal);

        // of the vectors as they were given
        var items = engine.Snapshot.Items;
        int[] codes = [.. Enumerable.Range(world.Items.Count, 12).SelectMany(item => items.Codes[item].ToArray())];
        Assert.Equal(report.Levels.Select(level => level.NewError!.Value), ItemQuantizer.RelativeErrors([.. Enumerable.Range(world.Items.Count, 12).SelectMany(item => Vector(item))], codes).AsEnumerable(), new Near(1e-4));
        Assert.Equal(5, engine.ItemDrift(new DriftOptions { MostRows = 5 }).NewRows);

        IEnumerable<float> Vector(int item)
        {
            var scale = EngineSnapshot.ContentOf(TransformerSearch.Recommender(world.Model))!.Scale!;
            return items.Content[item].ToArray().Select((value, d) => value / scale.Factor + scale.Mean[d]);
        }
    }

    [Fact]
    public void UserDrift_UsersWithoutAText_DoNotCount()
    {
        using var engine = world.Engine();
        engine.AddUsers([new NewUser("history alone") { History = [world.ColdItem] }, new NewUser("told") { Values = world.Users[world.ColdUser] }]);
        Assert.Equal(1, engine.UserDrift().NewRows);
        Assert.All(engine.UserDrift().Levels, level => Assert.True(level is { NewError: null, Explained: null }));      // one row has no spread
        Assert.Equal(0, engine.ItemDrift().NewRows);
        Assert.Contains("MostRows", Assert.Throws<ArgumentException>(() => engine.UserDrift(new DriftOptions { MostRows = 0 })).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Enhancement.AutoGraph, true)]
    [InlineData(Enhancement.AutoGraph | Enhancement.Kar, false)]
    public void UserDrift_VectorsOfUsersNotKept_TellsTheLoadOfCodesAlone(Enhancement enhancement, bool userContent)
    {
        var graph = TransformerSearch.Flatten(world.Model).OfType<MetapathGraphTransformer>().Single();
        var recommender = world.AutoGraph.Recommender(SmallWorld.Options with { EarlyStopping = false, Enhancement = enhancement, UserContent = userContent }).Fit(graph.Transform(Tables.Interactions(world.Context, world.Train)));
        using var engine = world.AutoGraph.CreateEngine(new TransformerChain<ITransformer>(graph, recommender));
        engine.AddUsers([.. world.Users.Select(user => new NewUser("copy of " + user.Key) { Values = user.Value })]);
        engine.AddUser(new NewUser("history alone") { History = [world.ColdItem] });
        var report = engine.UserDrift(new DriftOptions { LeastRows = 10 });
        Assert.Equal(world.Users.Count, report.NewRows);
        Assert.All(report.Levels, level => Assert.True(level is { NewError: null, Explained: null, Load.Distance: < 1e-9 }, $"{level}"));
        Assert.False(report.Refit);
        Assert.Contains("relative error unknown", report.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, engine.WatchedDrifts(DriftOptions.Default).Count());
    }

    [Fact]
    public void Drift_ModelWithoutAQuantizer_SaysWhatToDo()
    {
        var engine = world.AutoGraph.CreateEngine(TransformerSearch.Recommender(world.Model));
        Assert.Contains("CreateEngine the whole model", Assert.Throws<InvalidOperationException>(() => engine.ItemDrift()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Meters_OfAnEngine_TellRequestsChangesRowsAndDrift()
    {
        var found = new ConcurrentDictionary<string, double>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, listener) => { if (instrument.Meter.Name == ServingTelemetry.SourceName) listener.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();
        using var older = world.Engine();
        older.AddItems([.. Enumerable.Range(0, 7).Select(i => new NewItem($"{i}") { Values = world.Items[world.ColdItem] })]);
        using (var engine = world.Engine())
        {
            engine.AddItems([new NewItem("a") { Values = world.Items[world.ColdItem] }, new NewItem("b") { Values = world.Items[world.ColdItem] }, new NewItem("c") { Values = world.Items.Values.First() }]);
            engine.RemoveItem("b");
            engine.Recommend("nobody");
            engine.SimilarItems("a");
            listener.RecordObservableInstruments();
            Assert.Equal(3, found["autograph.serving.changes item put"]);
            Assert.Equal(1, found["autograph.serving.changes item remove"]);
            Assert.True(found.ContainsKey("autograph.serving.request.duration recommend") && found.ContainsKey("autograph.serving.request.duration similar_items"));
            Assert.Equal((world.Items.Count, 3.0), (found["autograph.serving.rows item False"], found["autograph.serving.rows item True"]));
            Assert.Equal(engine.ItemDrift().Levels[^1].Explained!.Value, found["autograph.serving.drift.explained item"]);
            Assert.Equal(engine.ItemDrift().Levels[0].LoadExcess, found["autograph.serving.drift.load_excess item"]);
            Assert.False(found.ContainsKey("autograph.serving.drift.explained user"));
        }
        listener.RecordObservableInstruments();
        Assert.Equal(7, found["autograph.serving.rows item True"]);         // of the one that serves still
        older.Dispose();
        found.Clear();
        listener.RecordObservableInstruments();
        Assert.NotEqual(7, found.GetValueOrDefault("autograph.serving.rows item True"));     // a disposed engine has no gauges

        void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            found[string.Join(' ', (string[])[instrument.Name, .. tags.ToArray().Select(tag => tag.Value!.ToString()!)])] = value;
    }

    private ITransformer Pipeline => TransformerSearch.Flatten(world.Model).OfType<MetapathGraphTransformer>().Single().ItemPipeline!;

    private ResidualQuantizerTransformer ItemQuantizer => TransformerSearch.Flatten(Pipeline).OfType<ResidualQuantizerTransformer>().Single();

    private sealed class Near(double tolerance) : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) <= tolerance;

        public int GetHashCode(double obj) => 0;
    }

    private sealed class Text
    {
        public string Knowledge { get; set; } = "";
    }
}
