using System.Diagnostics;
using AutoGraph.Core.Interactions;
using AutoGraph.Onnx;
using MathNet.Numerics.Statistics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace AutoGraph.Experiments;

/// <summary>Adds new users and items to a serving engine through the public API, texts and all, and takes the time of each (paper App. A.3).</summary>
internal sealed class InsertionTiming(
    ExperimentData data, InteractionTable train, IReadOnlyList<string> itemTexts, IReadOnlyList<string> userTexts, RunOptions options, int nodes, CancellationToken cancellationToken)
{
    private const int HistoryOfNewUser = 10;

    /// <summary>Seconds a node: the mean of the medians of users and items. The first tenth of the nodes is not counted.</summary>
    public ConstructionStep Measure()
    {
        var context = new MLContext(options.Seed);
        var autoGraph = context.AutoGraph();
        using var encoder = options.Encoder is null ? null : OnnxTextEncoder.Load(options.Encoder.FullName);
        using var engine = autoGraph.CreateEngine(Fit(context, autoGraph, encoder));
        var (items, users) = (new List<double>(), new List<double>());
        for (int i = 0; i < nodes; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string text = $"{itemTexts[At(itemTexts.Count)]} New, number {i}.", about = $"{userTexts[At(userTexts.Count)]} New, number {i}.";
            int first = At(train.Count);
            int At(int count) => (int)((long)i * count / nodes);
            string[] history = [.. Enumerable.Range(first, Math.Min(HistoryOfNewUser, train.Count - first)).Select(row => train.Items[train.ItemOf[row]])];
            items.Add(Seconds(() => engine.AddItem(new NewItem($"new {i}") { Values = Texts(text) })));
            users.Add(Seconds(() => engine.AddUser(new NewUser($"new {i}") { Values = Texts(about), History = history })));
        }
        int warm = nodes / 10;
        var (item, user) = (items.Skip(warm).Median(), users.Skip(warm).Median());
        options.Display.Say(FormattableString.Invariant($"insertion: {1000 * item:F1} ms an item, {1000 * user:F1} ms a user (medians of {nodes - warm})"));
        return new("insert one node", (item + user) / 2);
    }

    /// <summary>One epoch: what insertion costs does not depend on how good the model is.</summary>
    private TransformerChain<GraphEnhancedRecommenderTransformer> Fit(MLContext context, AutoGraphCatalog autoGraph, OnnxTextEncoder? encoder)
    {
        IEstimator<ITransformer> Codes(int size) => autoGraph.SemanticVector("Semantics", new SemanticVectorOptions { TextColumn = nameof(Row.Text), Encoder = encoder, CancellationToken = cancellationToken })
            .Append(autoGraph.ResidualQuantizer("Codes", "Semantics", new() { Quantizer = Quantizer.ResidualKMeans, CodebookSize = size, CancellationToken = cancellationToken }));
        SideTable Side(EntityIndex ids, IReadOnlyList<string> texts, int codes) =>
            new(context.Data.LoadFromEnumerable(ids.Ids.Zip(texts, (id, text) => new Row { Id = id, Text = text }).ToList()), nameof(Row.Id), Codes(codes)) { Features = [] };
        var rows = context.Data.LoadFromEnumerable(Enumerable.Range(0, train.Count)
            .Select(row => new Interaction { UserId = train.Users[train.UserOf[row]], ItemId = train.Items[train.ItemOf[row]], Timestamp = train.TimeOf[row] }).ToList());
        return autoGraph.MetapathGraph(Side(data.All.Users, userTexts, data.Codes.Users), Side(data.All.Items, itemTexts, data.Codes.Items), new() { Training = GraphTraining.Joint })
            .Append(autoGraph.Recommender(new() { Epochs = 1, EarlyStopping = false, BatchSize = options.Batch, MinHistory = data.MinHistory, Progress = options.Display, CancellationToken = cancellationToken })).Fit(rows);
    }

    private static Dictionary<string, object> Texts(string text) => new() { [nameof(Row.Text)] = text };

    private static double Seconds(Action work)
    {
        var clock = Stopwatch.StartNew();
        work();
        return clock.Elapsed.TotalSeconds;
    }

    private sealed class Row
    {
        public string Id { get; set; } = "";

        public string Text { get; set; } = "";
    }

    private sealed class Interaction
    {
        public string UserId { get; set; } = "";

        public string ItemId { get; set; } = "";

        public long Timestamp { get; set; }
    }
}
