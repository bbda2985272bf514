using System.Diagnostics;
using AutoGraph.Core.Evaluation;
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
        var vectors = (options.Enhance & ~(Enhancement.LightGcn | Enhancement.HistoryField)) == 0 ? null : await SemanticVectors.MakeAsync(data, options, cancellationToken);
        double semanticSeconds = clock.Elapsed.TotalSeconds;
        if (vectors is not null) options.Display.Say($"semantic vectors in {semanticSeconds:F1} s ({vectors.Source})");
        var (graph, codebooks, quantizeSeconds) = (options.Enhance & (Enhancement.AutoGraph | Enhancement.Uist)) != 0 ? BuildGraph(data, train, vectors!, options, cancellationToken) : (null, null, 0);
        var model = TwoTowerRecommender.Train(
            new RecommenderData(train, WithContent(data.UserFeatures, vectors?.Users), WithContent(data.ItemFeatures, vectors?.Items))
            {
                Graph = graph, Validation = data.Validation, LaterItems = data.Cold?.Items,
                ItemPhrases = options.Enhance.HasFlag(Enhancement.Ccgnn) ? PhraseGraph.Mine(vectors!.ItemTexts).ItemPhrases : null,
                ItemNeighbors = options.Enhance.HasFlag(Enhancement.TopoI2I) ? ItemSimilarity.Graph(ItemSimilarity.Nearest(vectors!.Items)) : null,
            },
            new RecommenderOptions
            {
                Backbone = options.Backbone, Enhancement = options.Enhance, MinHistory = data.MinHistory, BatchSize = options.Batch, Epochs = options.Epochs, Patience = options.Patience, LearningRate = options.LearningRate,
                GraphLayers = options.GraphLayers, GraphDropout = options.GraphDropout, Dropout = options.Dropout, HistoryDropout = options.HistoryDropout, EnhancedHistory = options.EnhancedHistory, UserContent = options.UserContentOrDefault, WeightDecay = options.WeightDecay, EmbeddingDecay = options.EmbeddingDecay, SparseUpdates = options.SparseUpdates, HiddenWidths = options.HiddenWidths, HistoryLayers = options.HistoryLayers, HistoryHeads = options.HistoryHeads, PropagationLayers = options.PropagationLayers, NeighborSample = options.Neighbors, GraphHeads = options.GraphHeads, Loss = options.Loss, NegativeSource = options.Negatives, Negatives = options.NegativeCount,
                Schedule = options.Schedule, WarmUpEpochs = options.WarmUp, DecayFactor = options.DecayFactor, Decays = options.Decays, GradientClip = options.Clip, NewItemRate = options.NewItemRate,
                CheckpointPath = options.Resume?.FullName, Progress = options.Display, CancellationToken = cancellationToken,
            }, options.Seed);
        return new(data, train, vectors, codebooks, model, semanticSeconds, quantizeSeconds);
    }

    /// <summary>Trains and tests.</summary>
    public static async Task<RunResult> TrainAndTestAsync(RunOptions options, CancellationToken cancellationToken)
    {
        var total = Stopwatch.StartNew();
        var (data, train, vectors, codebooks, model, semanticSeconds, quantizeSeconds) = await TrainAsync(options, cancellationToken);
        var clock = Stopwatch.StartNew();
        int[] userCounts = Counts(train.UserOf, train.Users.Count), itemCounts = Counts(train.ItemOf, train.Items.Count);
        var validation = Evaluate(model, data.Validation, data, new() { Split = "validation" });
        double validationSeconds = clock.Elapsed.TotalSeconds;
        clock.Restart();
        const string split = "test";
        var ranking = new RankingOptions { Split = split, SampledNegatives = data.SampledNegatives, UserInteractions = userCounts, ItemInteractions = itemCounts };
        var test = options.ValidationOnly ? null : Evaluate(model, data.Test, data, ranking);
        var cold = options.ValidationOnly || data.Cold is null ? null : Evaluate(model, data.Cold.Queries, data, ranking with { Split = "cold items" });
        double testSeconds = clock.Elapsed.TotalSeconds;
        options.Display.Say($"{test ?? validation}");
        if (cold is not null) options.Display.Say($"{cold}");
        return new RunResult
        {
            Dataset = data.Name, Users = data.All.Users.Count, Items = data.All.Items.Count, Interactions = data.All.Count,
            TrainSamples = model.Report.Samples, TestUsers = data.Split.Test.Count,
            Backbone = RunCommand.Name(options.Backbone), Enhance = Enhancements.Name(options.Enhance), Seed = options.Seed, Threads = ComputeThreads.Count,
            Protocol = (test ?? validation).SeenKept.Protocol.ToString(), Semantics = (vectors?.Source ?? "none") + (options.Enhance.HasFlag(Enhancement.TopoI2I) ? "; similar items by the encoder, no language model" : ""), Codes = RunCommand.Name(options.Codes), Vectors = RunCommand.Name(options.Vectors), Quantizer = FactorCodes.NameOf(options.Quantizer),
            Without = [.. Enum.GetValues<Metapaths>().Where(path => path is Metapaths.UserSemantic or Metapaths.ItemSemantic or Metapaths.Interaction && options.Without.HasFlag(path)).Select(RunCommand.Name)],
            Levels = options.Levels, UserNeighbors = RunCommand.Name(options.UserNeighbors), Neighbors = options.Neighbors, GraphLayers = options.GraphLayers, GraphDropout = options.GraphDropout, Dropout = options.Dropout, HistoryDropout = options.HistoryDropout, SemanticPaths = options.Pairwise ? RunArguments.Pairwise : RunArguments.TwoHop, AttentionV2 = options.AttentionV2, ContentNodes = options.ContentNodes, Gates = model.Graph?.Gates, EnhancedHistory = options.EnhancedHistory, UserContent = options.Enhance.HasFlag(Enhancement.Kar) && options.UserContentOrDefault, TrainUsers = options.TrainUsers, MinHistory = data.MinHistory, Batch = options.Batch, LearningRate = options.LearningRate, Patience = options.Patience, WeightDecay = options.WeightDecay, EmbeddingDecay = options.TableDecay(model.Report.Samples), SparseUpdates = options.SparseUpdates, HiddenWidths = [.. options.HiddenWidths], HistoryLayers = options.HistoryLayers, HistoryHeads = options.HistoryHeads, PropagationLayers = options.PropagationLayers, GraphHeads = options.GraphHeads,
            Loss = RunCommand.Name(options.Loss), Negatives = RunCommand.Name(options.Negatives), NegativeCount = options.NegativeCount,
            Schedule = RunCommand.Name(options.Schedule), WarmUp = options.WarmUp, DecayFactor = options.DecayFactor, Decays = options.Decays, NewItemRate = options.NewItemRate, Clip = options.Clip, Resume = options.Resume?.Name,
            Curve = [.. model.Report.Epochs.Select(epoch => new CurvePoint(epoch.Epoch, epoch.Loss, epoch.ValidationNdcg, epoch.LearningRate, epoch.Seconds))],
            EpochsAtMost = options.Epochs, Epochs = model.Report.Epochs.Count, BestEpoch = model.Report.BestEpoch, SecondsPerEpoch = model.Report.Epochs.Average(epoch => epoch.Seconds),
            SemanticSeconds = semanticSeconds, QuantizeSeconds = quantizeSeconds, TestSeconds = testSeconds, ValidationSeconds = validationSeconds,
            PeakMemoryMiB = Process.GetCurrentProcess().PeakWorkingSet64 >> 20, TotalSeconds = total.Elapsed.TotalSeconds, Commit = Provenance.Commit, Machine = Provenance.Machine, Load = Provenance.Load(), Ended = DateTimeOffset.UtcNow,
            Validation = Figures.Of(validation.SeenKept), Test = test is null ? null : Figures.Of(test.SeenKept), TestSeenMasked = test is null ? null : Figures.Of(test.SeenMasked),
            TestSlices = test is null ? null : new(Slice.Each(test.SeenKept.ByUserActivity, split), Slice.Each(test.SeenKept.ByItemPopularity, split)),
            Lists = test is null ? null : Lists.Of(test.SeenKept), ListsSeenMasked = test is null ? null : Lists.Of(test.SeenMasked),
            ColdTest = cold is null ? null : new(data.Cold!.Items.Length, cold.SeenKept.Evaluated, Figures.Of(cold.SeenKept), Figures.Of(cold.SeenMasked)),
            Codebooks = codebooks, TestRanks = test?.SeenKept.Ranks.ToArray(), TestSeenMaskedRanks = test?.SeenMasked.Ranks.ToArray(), TestCandidates = test?.SeenKept.Candidates.ToArray(), TestSeenMaskedCandidates = test?.SeenMasked.Candidates.ToArray(),
        };
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

    private static (MetapathGraphModel? Graph, Codebooks? Codebooks, double Seconds) BuildGraph(ExperimentData data, InteractionTable train, SemanticVectors vectors, RunOptions options, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var users = FactorCodes.Fit(vectors.Users, [.. train.UserOf.ToArray().Distinct().Order()], data.Codes.Users, options, cancellationToken);
        var items = FactorCodes.Fit(vectors.Items, data.KnownItems, data.Codes.Items, options, cancellationToken);
        double seconds = clock.Elapsed.TotalSeconds;
        options.Display.Say($"codes in {seconds:F1} s (active users {string.Join(" ", users.Health.Levels.Select(l => $"{l.ActiveRatio:P0}"))}, items {string.Join(" ", items.Health.Levels.Select(l => $"{l.ActiveRatio:P0}"))})");
        var graph = new FactorGraph(train, users.Codes, items.Codes, options.Levels);
        var graphOptions = new MetapathGraphOptions { Training = GraphTraining.Joint, FactorLevels = options.Levels, Metapaths = Metapaths.All & ~options.Without, UserNeighbors = options.UserNeighbors, NeighborSample = options.Neighbors, Layers = options.GraphLayers, Dropout = options.GraphDropout, AttentionV2 = options.AttentionV2, ContentNodes = options.ContentNodes, Gates = options.Gates, Pairwise = options.Pairwise };
        var content = new GraphContent
        {
            Users = new(vectors.Users.Cast<float>().ToArray(), vectors.Users.GetLength(1)), Items = new(vectors.Items.Cast<float>().ToArray(), vectors.Items.GetLength(1)),
            UserFactors = users.Codebooks(options.Levels), ItemFactors = items.Codebooks(options.Levels),
        };
        return (MetapathGraphModel.Fit(graph, graphOptions, options.Seed, content: content), new(SideHealth.Of(users.Health, users.Fitted.LevelSizes), SideHealth.Of(items.Health, items.Fitted.LevelSizes)), seconds);
    }

    private static RankingReport Evaluate(TwoTowerRecommender model, RankingQueries queries, ExperimentData data, RankingOptions ranking) =>
        RankingEvaluator.Evaluate(queries, data.All.Items.Count, (first, count, scores) => model.Score(queries, first, count, scores), ranking);

    private static int[] Counts(ReadOnlySpan<int> entities, int count)
    {
        var counts = new int[count];
        foreach (int entity in entities) counts[entity]++;
        return counts;
    }
}
