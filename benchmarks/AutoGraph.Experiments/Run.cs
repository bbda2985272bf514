using System.Diagnostics;
using AutoGraph.Core.Codes;
using AutoGraph.Core.Features;
using AutoGraph.Core.Graphs;
using AutoGraph.Core.Interactions;
using AutoGraph.Semantics.ItemGraphs;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Training;

namespace AutoGraph.Experiments;

/// <summary>Trains and tests one method.</summary>
internal static class Run
{
    /// <summary>Trains.</summary>
    public static async Task<TrainedRun> TrainAsync(RunOptions options, CancellationToken cancellationToken)
    {
        if (options.Threads is { } threads) ComputeThreads.Count = threads;
        var data = ExperimentData.Load(options, cancellationToken);
        var train = Train(data, options);
        var clock = Stopwatch.StartNew();
        var made = (options.Enhance & ~(Enhancement.LightGcn | Enhancement.HistoryField)) == 0
            ? null
            : await SemanticVectors.MakeAsync(data, options, cancellationToken);
        double semanticSeconds = clock.Elapsed.TotalSeconds;
        if (made is not null) options.Display.Say($"semantic vectors in {semanticSeconds:F1} s ({made.Source})");
        var vectors = made?.Read(options);
        var (graph, codebooks, quantizeSeconds) = (options.Enhance & (Enhancement.AutoGraph | Enhancement.Uist)) == 0
            ? (null, null, 0)
            : BuildGraph(data, train, made!, vectors!, options, cancellationToken);
        var model = TwoTowerRecommender.Train(
            new RecommenderData(train, WithContent(data.UserFeatures, vectors?.Users), WithContent(data.ItemFeatures, vectors?.Items))
            {
                Graph = graph, Validation = data.Validation, LaterItems = data.Cold?.Items,
                ItemPhrases = options.Enhance.HasFlag(Enhancement.Ccgnn) ? PhraseGraph.Mine(vectors!.ItemTexts).ItemPhrases : null,
                ItemNeighbors = options.Enhance.HasFlag(Enhancement.TopoI2I) ? ItemSimilarity.Graph(ItemSimilarity.Nearest(vectors!.Items)) : null,
            },
            ModelOptions.Recommender(options, data.MinHistory, cancellationToken), options.Seed);
        return new(data, train, vectors, codebooks, model, semanticSeconds, quantizeSeconds);
    }

    /// <summary>Trains and tests.</summary>
    public static async Task<RunResult> TrainAndTestAsync(RunOptions options, CancellationToken cancellationToken)
    {
        var total = Stopwatch.StartNew();
        var trained = await TrainAsync(options, cancellationToken);
        var tested = TestedRun.Of(trained, options.ValidationOnly);
        options.Display.Say($"{tested.Test ?? tested.Validation}");
        if (tested.Cold is { } cold) options.Display.Say($"{cold}");
        return RunResults.Of(options, trained, tested, total.Elapsed.TotalSeconds);
    }

    /// <summary>Training rows, in the sparse regime those of a seeded part of the users.</summary>
    private static InteractionTable Train(ExperimentData data, RunOptions options)
    {
        var train = data.All.Select([.. data.Split.Train]);
        if (options.TrainUsers >= 1) return train;
        int[] users = [.. Enumerable.Range(0, data.All.Users.Count)];
        new Random(options.Seed).Shuffle(users);
        var training = users.Take((int)Math.Round(options.TrainUsers * users.Length)).ToHashSet();
        return train.Select([.. Enumerable.Range(0, train.Count).Where(row => training.Contains(train.UserOf[row]))]);
    }

    /// <summary>Vectors as a field of their own; the model reads it where KAR is asked for.</summary>
    private static FeatureTable WithContent(FeatureTable features, float[,]? vectors) => vectors is null
        ? features
        : new(features.RowCount, [.. features.Fields, SemanticField.Scaled("Semantics", vectors.Cast<float>().ToArray(), vectors.GetLength(1))]);

    /// <param name="data">The data.</param>
    /// <param name="train">Training rows.</param>
    /// <param name="made">Vectors as they are: codes are fitted on them and shuffled afterwards, so that a control differs in whose codes a row has and in nothing else.</param>
    /// <param name="vectors">What the run reads of them.</param>
    /// <param name="options">The run.</param>
    /// <param name="cancellationToken">Stops.</param>
    private static (MetapathGraphModel? Graph, Codebooks? Codebooks, double Seconds) BuildGraph(
        ExperimentData data, InteractionTable train, SemanticVectors made, SemanticVectors vectors, RunOptions options, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var users = FactorCodes.Fit(made.Users, [.. train.UserOf.ToArray().Distinct().Order()], data.Codes.Users, options, cancellationToken);
        var items = FactorCodes.Fit(made.Items, data.KnownItems, data.Codes.Items, options, cancellationToken);
        double seconds = clock.Elapsed.TotalSeconds;
        options.Display.Say($"codes in {seconds:F1} s (active users {Active(users.Health)}, items {Active(items.Health)})");
        var graph = new FactorGraph(train, users.Codes, items.Codes, options.Levels);
        var content = new GraphContent
        {
            Users = new(vectors.Users.Cast<float>().ToArray(), vectors.Users.GetLength(1)), Items = new(vectors.Items.Cast<float>().ToArray(), vectors.Items.GetLength(1)),
            UserFactors = users.Codebooks(options.Levels), ItemFactors = items.Codebooks(options.Levels),
        };
        var codebooks = new Codebooks(SideHealth.Of(users.Health, users.Fitted.LevelSizes), SideHealth.Of(items.Health, items.Fitted.LevelSizes));
        return (MetapathGraphModel.Fit(graph, ModelOptions.Graph(options), options.Seed, content: content), codebooks, seconds);

        static string Active(CodebookHealth health) => string.Join(" ", health.Levels.Select(level => $"{level.ActiveRatio:P0}"));
    }
}
