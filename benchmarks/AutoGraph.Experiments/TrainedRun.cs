using AutoGraph.Core.Interactions;
using AutoGraph.Torch.Recommendation;

namespace AutoGraph.Experiments;

/// <summary>A trained model with what it was trained on.</summary>
internal sealed record TrainedRun(
    ExperimentData Data, InteractionTable Train, SemanticVectors? Vectors, Codebooks? Codebooks, TwoTowerRecommender Model, double SemanticSeconds, double QuantizeSeconds);
