using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Recommendation;

namespace AutoGraph.Experiments;

/// <summary>What the options of a run are in the library.</summary>
internal static class ModelOptions
{
    /// <param name="options">Options of the run.</param>
    /// <param name="minHistory">Earlier positives of a sample, as the data set has them.</param>
    /// <param name="cancellationToken">Stops training.</param>
    public static RecommenderOptions Recommender(RunOptions options, int minHistory, CancellationToken cancellationToken) => new()
    {
        Backbone = options.Backbone,
        Enhancement = options.Enhance,
        MinHistory = minHistory,
        HiddenWidths = options.HiddenWidths,
        HistoryLayers = options.HistoryLayers,
        HistoryHeads = options.HistoryHeads,
        HistoryDropout = options.HistoryDropout,
        EnhancedHistory = options.EnhancedHistory,
        UserContent = options.UserContentOrDefault,
        Dropout = options.Dropout,
        PropagationLayers = options.PropagationLayers,
        NeighborSample = options.Neighbors,
        GraphHeads = options.GraphHeads,
        GraphLayers = options.GraphLayers,
        GraphDropout = options.GraphDropout,
        Loss = options.Loss,
        NegativeSource = options.Negatives,
        Negatives = options.NegativeCount,
        BatchSize = options.Batch,
        Epochs = options.Epochs,
        Patience = options.Patience,
        LearningRate = options.LearningRate,
        WeightDecay = options.WeightDecay,
        EmbeddingDecay = options.EmbeddingDecay,
        SparseUpdates = options.SparseUpdates,
        Schedule = options.Schedule,
        WarmUpEpochs = options.WarmUp,
        DecayFactor = options.DecayFactor,
        Decays = options.Decays,
        GradientClip = options.Clip,
        NewItemRate = options.NewItemRate,
        AlignmentWeight = options.AlignmentWeight,
        AlignmentTemperature = options.AlignmentTemperature,
        CheckpointPath = options.Resume?.FullName,
        Progress = options.Display,
        CancellationToken = cancellationToken,
    };

    public static MetapathGraphOptions Graph(RunOptions options) => new()
    {
        Training = GraphTraining.Joint,
        FactorLevels = options.Levels,
        Metapaths = Metapaths.All & ~options.Without,
        UserNeighbors = options.UserNeighbors,
        NeighborSample = options.Neighbors,
        Layers = options.GraphLayers,
        Dropout = options.GraphDropout,
        AttentionV2 = options.AttentionV2,
        ContentNodes = options.ContentNodes,
        Gates = options.Gates,
        Pairwise = options.Pairwise,
    };
}
