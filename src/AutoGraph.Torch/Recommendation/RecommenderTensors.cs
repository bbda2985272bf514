using AutoGraph.Core.Features;
using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Enhancements;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Recommendation;

/// <summary>Stores and restores a trained recommender.</summary>
internal static class RecommenderTensors
{
    private const string GraphPrefix = "graph/", UserPrefix = "enhancement.users/";

    public static TensorDictionary Save(UserScoring scoring, RecommenderOptions options, MetapathGraphModel? graph, TrainingReport report)
    {
        var target = new TensorDictionary();
        target.Add("options", [(int)options.Backbone, (int)options.Enhancement, options.Dimension, options.HistoryLength, options.MinHistory, options.EnhancedHistory ? 1 : 0], 6);
        int[] own = [.. (options.OwnBackbone ?? "").Select(c => (int)c)];
        target.Add("options.own_backbone", own, own.Length);
        target.Add("options.hidden_widths", [.. options.HiddenWidths], options.HiddenWidths.Count);
        target.Add("options.history", [options.HistoryLayers, options.HistoryHeads, options.Capsules, options.RoutingIterations, options.ConcatenateCapsules ? 1 : 0], 5);
        target.Add("report", [report.BestEpoch, report.Samples], 2);
        FeatureTensors.Save(scoring.Model.UserFeatures, target, "users/");
        FeatureTensors.Save(scoring.Model.ItemFeatures, target, "items/");
        ModuleState.Save(scoring.Model, target, "weights/");
        AddMatrix("vectors.items", scoring.Items);
        AddMatrix("vectors.history", scoring.HistoryTable);
        target.Add("enhancement.user_widths", scoring.Model.Widths.Users, scoring.Model.Widths.Users.Length);
        target.Add("enhancement.item_widths", scoring.Model.Widths.Items, scoring.Model.Widths.Items.Length);
        scoring.Enhancement?.Save(target, UserPrefix);
        if (graph is not null) target.AddAll(graph.Save(), GraphPrefix);
        return target;

        void AddMatrix(string name, Tensor matrix) => target.Add(name, HostMemory.ToArray<float>(matrix), (int)matrix.shape[0], (int)matrix.shape[1]);
    }

    public static TwoTowerRecommender Load(TensorDictionary source)
    {
        var o = source.Ints("options", 6);
        var h = source.Ints("options.history", 5);
        var report = source.Ints("report", 2);
        var options = new RecommenderOptions
        {
            Backbone = (Backbone)o[0], Enhancement = (Enhancement)o[1], Dimension = o[2], HistoryLength = o[3], MinHistory = o[4], EnhancedHistory = o[5] != 0,
            OwnBackbone = source.Ints("options.own_backbone", -1) is { Length: > 0 } own ? string.Concat(own.Select(c => (char)c)) : null,
            HiddenWidths = source.Ints("options.hidden_widths", -1),
            HistoryLayers = h[0], HistoryHeads = h[1], Capsules = h[2], RoutingIterations = h[3], ConcatenateCapsules = h[4] != 0, GraphHeads = 1,       // not kept: what they learned stands in the item vectors
        };
        try
        {
            options.Validate();
            var (users, items) = (FeatureTensors.Load(source, "users/"), FeatureTensors.Load(source, "items/"));
            var widths = new EnhancementWidths(source.Ints("enhancement.user_widths", -1), source.Ints("enhancement.item_widths", -1));
            using var scope = NewDisposeScope();
            using var generator = new Generator(0, CPU);
            var model = new TwoTowerModel(users, items, widths, options, generator);
            ModuleState.Load(model, source, "weights/");
            model.eval();
            var enhancement = widths.Users.Length == 0 ? null : UserVectors.Load(source, UserPrefix);
            if (enhancement is not null && enhancement.Width != widths.Users.Sum())
                throw new InvalidDataException($"Expected user vectors of width {widths.Users.Sum()}, found {enhancement.Width}.");
            var scoring = new UserScoring(model, options.HistoryLength, users.RowCount, enhancement, Matrix("vectors.items", items.RowCount, options.Dimension), Matrix("vectors.history", items.RowCount + 1, options.Dimension));
            var graph = options.Enhancement.HasFlag(Enhancement.AutoGraph) ? MetapathGraphModel.Load(source.Part(GraphPrefix)) : null;
            return new TwoTowerRecommender(scoring, options, graph, new TrainingReport([], report[0], report[1]));
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"The stored recommender is damaged: {e.Message}", e);
        }

        // a clone: a tensor made of an array lies on the array's memory, and matrix products round by its alignment
        Tensor Matrix(string name, int rows, int columns) => tensor(source.Floats(name, rows, columns), rows, columns).clone();
    }
}
