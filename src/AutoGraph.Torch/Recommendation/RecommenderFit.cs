using AutoGraph.Core.Codes;
using AutoGraph.Core.Evaluation;
using AutoGraph.Core.Features;
using AutoGraph.Core.Graphs;
using AutoGraph.Core.Interactions;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Enhancements;
using AutoGraph.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Recommendation;

/// <summary>One fit: holds out validation rows, makes the modules, trains them, and freezes the result.</summary>
internal sealed class RecommenderFit(RecommenderData data, RecommenderOptions options, int seed, Device device)
{
    private (int User, int Item)[] _heldOut = [];       // by HoldOut

    public TwoTowerRecommender Run()
    {
        using var scope = NewDisposeScope();
        var (train, validation) = HoldOut();
        var samples = new TrainingSamples(new UserHistories(train), options, data.LaterItems);
        if (samples.Count == 0)
            throw new ArgumentException(ReferenceEquals(train, data.Train)
                ? $"Expected users with more than {options.MinHistory} training interactions, found none. Lower {nameof(options.MinHistory)}."
                : $"Expected users with more than {options.MinHistory + 1} training interactions, found none: one of each is held out for early stopping, and no sample is left. Give validation rows, lower {nameof(options.MinHistory)}, or switch {nameof(options.EarlyStopping)} off.");

        bool all = ReferenceEquals(train, data.Train);
        using var attention = MakeAttention(train);
        using var enhancer = MakeEnhancer(attention, train);
        var model = MakeModel(train, enhancer?.Widths ?? EnhancementWidths.None);
        model.to(device);
        var checkpoint = options.CheckpointPath is null ? null : new RecommenderCheckpoint(new(options.CheckpointPath, RecommenderFingerprint.Of(data, options, seed, device.type, [model, .. enhancer is null ? [] : (nn.Module[])[enhancer]]), nameof(RecommenderOptions)));
        using var alignment = MakeAlignment();
        var report = new RecommenderTraining(model, enhancer, samples, options, seed, alignment)
            .Run(validation is null ? null : () => Validate(model, enhancer, validation), checkpoint);

        // The result knows every training interaction, also those held out for early stopping.
        using var attentionOfAll = all ? null : MakeAttention(data.Train);
        using var final = all || enhancer is null ? null : MakeEnhancer(attentionOfAll, data.Train);
        if (final is not null) ModuleState.CopyTrained(enhancer!, final);
        var scoring = UserScoring.From(model, final ?? enhancer, options.HistoryLength, data.Train.Users.Count);
        var graph = attention is null ? null : MetapathGraphModel.From(GraphOf(data.Train), data.Graph!.Options, attentionOfAll ?? attention, seed);
        var result = new TwoTowerRecommender(scoring, options, graph, report);
        checkpoint?.Delete();
        return result;
    }

    internal TwoTowerModel MakeModel(InteractionTable train, EnhancementWidths widths)
    {
        using var generator = new Generator(RandomStream.For(seed, "recommender weights").NextBits() >> 1, CPU);
        var (users, items) = (TrainedFeatures.Of(Read(data.UserFeatures, options.UserContent, data.Graph?.Graph.UserCodes), SampledUsers(train)), TrainedFeatures.Of(Read(data.ItemFeatures, true, data.Graph?.Graph.ItemCodes), train.ItemOf));
        return new TwoTowerModel(users, items, widths, options, generator);
    }

    // of the others no row of an embedding is trained
    private int[] SampledUsers(InteractionTable train) => [.. train.UserOf.ToArray().CountBy(user => user).Where(rows => rows.Value > options.MinHistory).Select(rows => rows.Key)];

    /// <summary>Null without <see cref="Enhancement.Alignment"/>, at weight 0, or where items have no semantic vectors.</summary>
    internal SemanticAlignment? MakeAlignment()
    {
        if (!options.Enhancement.HasFlag(Enhancement.Alignment) || options.AlignmentWeight == 0 || data.ItemFeatures.Fields.OfType<SemanticField>().FirstOrDefault() is not { } semantic) return null;
        using var generator = new Generator(RandomStream.For(seed, "alignment weights").NextBits() >> 1, CPU);
        var alignment = new SemanticAlignment(semantic, options.Dimension, options.AlignmentTemperature, generator);
        alignment.to(device);
        return alignment;
    }

    /// <summary>As fields, semantic vectors are read by KAR alone; codes become fields for UIST.</summary>
    private FeatureTable Read(FeatureTable features, bool content, CodeTable? codes)
    {
        IEnumerable<FeatureField> fields = content && options.Enhancement.HasFlag(Enhancement.Kar) ? features.Fields : features.Fields.Where(field => field is not SemanticField);
        if (options.Enhancement.HasFlag(Enhancement.Uist)) fields = fields.Concat(CodeFields.Of(codes!));
        return new FeatureTable(features.RowCount, [.. fields]);
    }

    /// <summary>The attention of AutoGraph to be trained, null without it; who has no interaction in these stands as unknown in inference.</summary>
    private MetapathAttention? MakeAttention(InteractionTable train) => options.Enhancement.HasFlag(Enhancement.AutoGraph) ? data.Graph!.Copy(GraphOf(train)) : null;

    /// <param name="attention">The attention of AutoGraph, trained along.</param>
    /// <param name="train">Interactions that the enhancements may see.</param>
    internal Enhancer? MakeEnhancer(MetapathAttention? attention, InteractionTable train)
    {
        using var generator = new Generator(RandomStream.For(seed, "enhancement weights").NextBits() >> 1, CPU);
        var itemToUsers = new Lazy<Adjacency>(() => Adjacency.FromEdges(train.Items.Count, train.Users.Count, train.ItemOf, train.UserOf));
        var parts = new List<Enhancer>();
        if (attention is not null) parts.Add(new GraphEnhancer(attention, GraphOf(train), data.Graph!.Options, seed));     // first: CombinedUserVectors counts on it
        if (Has(Enhancement.FrozenVectors)) parts.Add(new FrozenEnhancer(Vectors(data.Graph!.UserVectors, train.Users.Count), Vectors(data.Graph.ItemVectors, train.Items.Count)));
        if (Has(Enhancement.LightGcn)) parts.Add(new LightGcnEnhancer(itemToUsers.Value, options, seed, generator));
        if (Has(Enhancement.Ccgnn)) parts.Add(ItemGraphEnhancer.Phrases(itemToUsers.Value, data.ItemPhrases!, data.LaterItems ?? [], options, generator));
        if (Has(Enhancement.TopoI2I)) parts.Add(ItemGraphEnhancer.Neighbors(itemToUsers.Value, data.ItemNeighbors!.WithoutColumns(data.LaterItems ?? []), options, generator));
        if (Has(Enhancement.HistoryField)) parts.Add(new HistoryFieldEnhancer(itemToUsers.Value, options, generator));
        foreach (var create in options.OwnEnhancements) parts.Add(new OwnEnhancer(create(new(train, options.Dimension, generator)), train.Users.Count, train.Items.Count));
        Enhancer? all = parts.Count switch { 0 => null, 1 => parts[0], _ => new CombinedEnhancer(parts) };
        all?.to(device);
        return all;

        bool Has(Enhancement enhancement) => options.Enhancement.HasFlag(enhancement);
    }

    private FactorGraph GraphOf(InteractionTable train)
    {
        var graph = data.Graph!.Graph;
        if (!ReferenceEquals(train, data.Train)) graph = graph.WithoutLatest(_heldOut);     // also where the graph has more rows than train here
        return data.LaterItems is { Count: > 0 } later ? graph.WithLaterItems(later) : graph;
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
        _heldOut = [.. split.Test.Select(row => (data.Train.UserOf[row], data.Train.ItemOf[row]))];
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
