using System.Runtime.InteropServices;
using AutoGraph.Core.Evaluation;
using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Recommendation;

/// <summary>A trained two-tower recommender: score = user vector · item vector, the best of a user's vectors where there are several.</summary>
/// <remarks>Immutable once made; safe for concurrent use. Native memory is freed when the object is collected.</remarks>
public sealed class TwoTowerRecommender
{
    private readonly UserScoring _scoring;
    private readonly RecommenderOptions _options;

    /// <param name="scoring">Takes over its tensors.</param>
    /// <param name="options">What it was trained with.</param>
    /// <param name="graph">The trained graph, or null.</param>
    /// <param name="report">What training did.</param>
    internal TwoTowerRecommender(UserScoring scoring, RecommenderOptions options, MetapathGraphModel? graph, TrainingReport report)
    {
        (_scoring, Graph, Report) = (scoring, graph, report);
        _options = options with { Progress = null, CancellationToken = default, CheckpointPath = null, OwnEnhancements = [] };
        foreach (var parameter in scoring.Model.parameters()) parameter.DetachFromDisposeScope();
        foreach (var buffer in scoring.Model.buffers()) buffer.DetachFromDisposeScope();
        scoring.Enhancement?.DetachFromScope();
        scoring.Items.DetachFromDisposeScope();
        scoring.HistoryTable.DetachFromDisposeScope();
        ItemVectors = HostMemory.ToArray<float>(scoring.Items);
    }

    /// <summary>Towers and representations.</summary>
    internal UserScoring Scoring => _scoring;

    /// <summary>What training did; an empty curve after loading.</summary>
    public TrainingReport Report { get; }

    /// <summary>The options it was trained with; after loading, those that shape the model, the others at their defaults.</summary>
    public RecommenderOptions Options => _options;

    /// <summary>Width D of user and item vectors.</summary>
    public int Dimension => _options.Dimension;

    /// <summary>Vectors per user K: 1, or the interests of <see cref="Backbone.Mind"/>.</summary>
    public int VectorsPerUser => _scoring.Model.VectorsPerUser;

    /// <summary>Number of users U.</summary>
    public int UserCount => _scoring.UserCount;

    /// <summary>Number of items I.</summary>
    public int ItemCount => (int)_scoring.Items.shape[0];

    /// <summary>Vectors of all items, [I, D].</summary>
    public ReadOnlyMemory<float> ItemVectors { get; }

    /// <summary>The trained graph (a copy of its own), or null for the plain backbone and for frozen vectors.</summary>
    public MetapathGraphModel? Graph { get; }

    /// <summary>Trains.</summary>
    /// <param name="data">Interactions, features and, for graph enhancements, the graph.</param>
    /// <param name="options">Options; invalid ones throw an <see cref="ArgumentException"/> that lists all of them.</param>
    /// <param name="seed">Seed of weights, order, negatives, neighbours and dropout.</param>
    /// <param name="device">Where to train.</param>
    /// <exception cref="ArgumentException">Options or data that cannot be used.</exception>
    /// <exception cref="InvalidOperationException">Training has diverged, or the checkpoint is of another fit.</exception>
    /// <exception cref="InvalidDataException">The checkpoint is damaged.</exception>
    /// <exception cref="OperationCanceledException">The token of the options was cancelled; a checkpoint stays.</exception>
    public static TwoTowerRecommender Train(RecommenderData data, RecommenderOptions options, int seed, ComputeDevice device = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        data.Check(options);
        var place = device.Resolve();
        try
        {
            return new RecommenderFit(data, options, seed, place).Run();
        }
        catch (ExternalException error) when (DeviceMemory.IsOut(error))
        {
            throw DeviceMemory.Out(error, place, nameof(RecommenderOptions), options.BatchSize,
                $"{nameof(options.HistoryLength)}, {nameof(options.Dimension)} or {nameof(options.Negatives)}");
        }
    }

    /// <summary>User vectors [count, K, D]; score = max over a user's K vectors of user vector · item vector.</summary>
    /// <param name="users">User positions; -1 is a user unknown to the model: unknown features, mean graph vector, own history.</param>
    /// <param name="histories">Item positions per user, oldest first; the model reads the latest ones. An empty history reads as zeros.</param>
    /// <param name="vectors">Receives [count, K, D] with K = <see cref="VectorsPerUser"/>.</param>
    public void UserVectors(ReadOnlySpan<int> users, IReadOnlyList<ReadOnlyMemory<int>> histories, Span<float> vectors)
    {
        ArgumentNullException.ThrowIfNull(histories);
        int size = users.Length * VectorsPerUser * Dimension;
        if (histories.Count != users.Length || vectors.Length != size)
            throw new ArgumentException($"Expected {users.Length} histories and room for {size} values, found {histories.Count} and {vectors.Length}.");
        using var scope = NewDisposeScope();
        HostMemory.Copy(_scoring.Users(users, b => histories[b].Span), vectors);
    }

    /// <summary>The score of an item for a user.</summary>
    /// <param name="userVectors">[K, D] of one user.</param>
    /// <param name="itemVector">[D].</param>
    /// <exception cref="ArgumentException">A vector is empty, or the user's are not as wide as the item's.</exception>
    public static float Score(ReadOnlySpan<float> userVectors, ReadOnlySpan<float> itemVector)
    {
        if (userVectors.IsEmpty || itemVector.IsEmpty || userVectors.Length % itemVector.Length != 0)
            throw new ArgumentException($"Expected user vectors of the item vector's width, found {userVectors.Length} values and {itemVector.Length}.", nameof(userVectors));
        float best = float.NegativeInfinity;
        for (; !userVectors.IsEmpty; userVectors = userVectors[itemVector.Length..])
            best = Math.Max(best, TensorPrimitives.Dot(userVectors[..itemVector.Length], itemVector));
        return best;
    }

    /// <summary>Scores [count, I] of all items for the queries from <paramref name="first"/> on.</summary>
    public void Score(RankingQueries queries, int first, int count, Span<float> scores)
    {
        ArgumentNullException.ThrowIfNull(queries);
        _scoring.Score(queries, first, count, scores);
    }

    /// <summary>Stores weights, feature tables, vectors and the graph.</summary>
    public TensorDictionary Save() => RecommenderTensors.Save(_scoring, _options, Graph, Report);

    /// <summary>Restores what <see cref="Save"/> stored; its scores are the same to the bit.</summary>
    /// <exception cref="InvalidDataException">An entry is missing or damaged; the message names it.</exception>
    public static TwoTowerRecommender Load(TensorDictionary tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        return RecommenderTensors.Load(tensors);
    }
}
