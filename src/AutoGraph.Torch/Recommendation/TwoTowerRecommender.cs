using AutoGraph.Core.Evaluation;
using AutoGraph.Core.Features;
using AutoGraph.Core.Interactions;
using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Attention;

namespace AutoGraph.Torch.Recommendation;

/// <summary>What a recommender learns from; entity positions are those of <paramref name="Train"/>.</summary>
/// <param name="Train">Training interactions.</param>
/// <param name="UserFeatures">Features of all users.</param>
/// <param name="ItemFeatures">Features of all items.</param>
public sealed record RecommenderData(InteractionTable Train, FeatureTable UserFeatures, FeatureTable ItemFeatures)
{
    /// <summary>Graph and initial weights for AutoGraph and FrozenVectors; never changed by training (it trains a copy).</summary>
    public MetapathGraphModel? Graph { get; init; }

    /// <summary>Rows for early stopping; null holds out each user's last training positive.</summary>
    public RankingQueries? Validation { get; init; }
}

/// <summary>One epoch of a learning curve.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Loss">Mean training loss.</param>
/// <param name="ValidationNdcg">Validation NDCG@10 (all items, seen kept), or null without early stopping.</param>
/// <param name="Seconds">Time of the epoch's training steps.</param>
public sealed record EpochReport(int Epoch, double Loss, double? ValidationNdcg, double Seconds);

/// <summary>What training did.</summary>
/// <param name="Epochs">The learning curve.</param>
/// <param name="BestEpoch">The epoch whose weights were kept.</param>
/// <param name="Samples">Training samples.</param>
public sealed record TrainingReport(IReadOnlyList<EpochReport> Epochs, int BestEpoch, int Samples);

/// <summary>A trained two-tower recommender (stub: the body is being written).</summary>
public sealed class TwoTowerRecommender
{
    /// <summary>Trains.</summary>
    public static TwoTowerRecommender Train(RecommenderData data, RecommenderOptions options, int seed) => throw new NotImplementedException();

    /// <summary>What training did; empty after loading.</summary>
    public TrainingReport Report => throw new NotImplementedException();

    /// <summary>Width of user and item vectors.</summary>
    public int Dimension => throw new NotImplementedException();

    /// <summary>Vectors of all items, [I, Dimension].</summary>
    public ReadOnlyMemory<float> ItemVectors => throw new NotImplementedException();

    /// <summary>The trained graph (a copy of its own), or null for the plain backbone.</summary>
    public MetapathGraphModel? Graph => throw new NotImplementedException();

    /// <summary>User vectors [count, Dimension] of (user position or -1, history oldest first); score = user vector · item vector.</summary>
    public void UserVectors(ReadOnlySpan<int> users, IReadOnlyList<ReadOnlyMemory<int>> histories, Span<float> vectors) => throw new NotImplementedException();

    /// <summary>Scores [count, I] of all items for queries first..first+count-1.</summary>
    public void Score(RankingQueries queries, int first, int count, Span<float> scores) => throw new NotImplementedException();

    /// <summary>Stores weights, feature tables and the graph.</summary>
    public TensorDictionary Save() => throw new NotImplementedException();

    /// <summary>Restores; throws InvalidDataException that names what is wrong.</summary>
    public static TwoTowerRecommender Load(TensorDictionary tensors) => throw new NotImplementedException();
}
