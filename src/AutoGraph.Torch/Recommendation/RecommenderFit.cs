using AutoGraph.Core.Evaluation;
using AutoGraph.Core.Features;
using AutoGraph.Core.Graphs;
using AutoGraph.Core.Interactions;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Recommendation;

/// <summary>One fit: holds out validation rows, makes the modules, trains them, and freezes the result.</summary>
internal sealed class RecommenderFit(RecommenderData data, RecommenderOptions options, int seed, Device device)
{
    public TwoTowerRecommender Run()
    {
        using var scope = NewDisposeScope();
        var (train, validation) = HoldOut();
        var samples = new TrainingSamples(new Timelines(train), options);
        if (samples.Count == 0)
            throw new ArgumentException($"Expected users with more than {options.MinHistory} training interactions, found none. Lower {nameof(options.MinHistory)}.");

        bool all = ReferenceEquals(train, data.Train);
        using var attention = options.Enhancement.HasFlag(Enhancement.AutoGraph) ? data.Graph!.Copy(data.Graph.Graph) : null;
        using var enhancer = MakeEnhancer(attention, all ? null : train);
        var model = MakeModel(train, enhancer is null ? default : new(enhancer.UserWidth, enhancer.ItemWidth));
        model.to(device);
        enhancer?.to(device);
        var report = new RecommenderTraining(model, enhancer, samples, options, seed)
            .Run(validation is null ? null : () => Validate(model, enhancer, validation));

        // The result knows every training interaction, also those held out for early stopping.
        using var final = all || attention is null ? null : new GraphEnhancer(attention, data.Graph!.Graph, data.Graph.Options, seed);
        var scoring = UserScoring.From(model, final ?? enhancer, options.HistoryLength, data.Train.Users.Count);
        var graph = attention is null ? null : MetapathGraphModel.From(data.Graph!.Graph, data.Graph.Options, attention, seed);
        return new TwoTowerRecommender(scoring, options, graph, report);
    }

    private TwoTowerModel MakeModel(InteractionTable train, GraphWidths graph)
    {
        using var generator = new Generator(RandomStream.For(seed, "recommender weights").NextBits() >> 1, CPU);
        var (users, items) = (TrainedFeatures.Of(Read(data.UserFeatures), train.UserOf), TrainedFeatures.Of(Read(data.ItemFeatures), train.ItemOf));
        return new TwoTowerModel(users, items, graph, options, generator);
    }

    /// <summary>Semantic vectors are read by KAR alone.</summary>
    private FeatureTable Read(FeatureTable features) => options.Enhancement.HasFlag(Enhancement.Kar)
        ? features
        : new FeatureTable(features.RowCount, [.. features.Fields.Where(field => field is not SemanticField)]);

    private Enhancer? MakeEnhancer(MetapathAttention? attention, InteractionTable? reduced)
    {
        switch (options.Enhancement & ~Enhancement.Kar)
        {
            case Enhancement.None:
                return null;
            case Enhancement.FrozenVectors:
                return new FrozenEnhancer(Vectors(data.Graph!.UserVectors, data.Train.Users.Count), Vectors(data.Graph.ItemVectors, data.Train.Items.Count));
            default:
                var graph = data.Graph!.Graph;
                if (reduced is not null)
                    graph = new FactorGraph(reduced, graph.UserCodes, graph.ItemCodes, graph.Levels);
                return new GraphEnhancer(attention!, graph, data.Graph.Options, seed);
        }
    }

    /// <remarks>A tensor made of an array lies on the array's memory, and matrix products round by its alignment; a clone is always aligned.</remarks>
    private Tensor Vectors(ReadOnlyMemory<float> values, int rows) => tensor(values.ToArray(), rows, values.Length / rows, device: device).clone();

    /// <summary>Without validation rows of the caller's, each user's last training positive validates, and neither trains nor joins the graph.</summary>
    private (InteractionTable Train, RankingQueries? Validation) HoldOut()
    {
        if (!options.EarlyStopping) return (data.Train, null);
        if (data.Validation is not null) return (data.Train, data.Validation);
        var split = LeaveOneOut.Split(data.Train, options.MinHistory);
        var held = split.Test.ToHashSet();
        int[] kept = [.. Enumerable.Range(0, data.Train.Count).Where(row => !held.Contains(row))];
        return held.Count == 0
            ? throw new ArgumentException($"Expected users with more than {options.MinHistory} training interactions to hold one out for early stopping, found none. Give validation rows, lower {nameof(options.MinHistory)}, or switch {nameof(options.EarlyStopping)} off.")
            : (data.Train.Select(kept), HeldOutRows.ToQueries(data.Train, split.Test));
    }

    private double Validate(TwoTowerModel model, Enhancer? enhancer, RankingQueries validation)
    {
        using var scope = NewDisposeScope();
        var scoring = UserScoring.From(model, enhancer, options.HistoryLength, data.Train.Users.Count);
        return RankingEvaluator.Evaluate(validation, data.Train.Items.Count, (first, count, scores) => scoring.Score(validation, first, count, scores),
            new RankingOptions { Split = "validation", CancellationToken = options.CancellationToken }).SeenKept.Average.Ndcg;
    }
}
