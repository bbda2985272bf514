using AutoGraph.Core.Evaluation;
using AutoGraph.Core.Persistence;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Recommendation;

/// <summary>A trained two-tower recommender: score = user vector · item vector.</summary>
/// <remarks>Immutable once made; safe for concurrent use. Native memory is freed when the object is collected.</remarks>
public sealed class TwoTowerRecommender
{
    private readonly TwoTowerModel _model;
    private readonly RecommenderOptions _options;
    private readonly Device _device;
    private readonly Tensor? _graphUsers;       // [U + 1, G]; the last row, their mean, stands for unknown users
    private readonly Tensor _items;             // [I, D]
    private readonly int _userCount;

    internal TwoTowerRecommender(TwoTowerModel model, RecommenderOptions options, Tensor? graphUsers, Tensor items, int userCount, MetapathGraphModel? graph, TrainingReport report)
    {
        (_model, _options, _userCount, Graph, Report) = (model, options, userCount, graph, report);
        _device = items.device;
        _graphUsers = graphUsers?.DetachFromDisposeScope();
        _items = items.DetachFromDisposeScope();
        using var local = items.cpu();
        ItemVectors = local.data<float>().ToArray();
        model.eval();
    }

    /// <summary>What training did; an empty curve after loading.</summary>
    public TrainingReport Report { get; }

    /// <summary>Width D of user and item vectors.</summary>
    public int Dimension => _options.Dimension;

    /// <summary>Number of items I.</summary>
    public int ItemCount => (int)_items.shape[0];

    /// <summary>Vectors of all items, [I, D].</summary>
    public ReadOnlyMemory<float> ItemVectors { get; }

    /// <summary>The trained graph (a copy of its own), or null for the plain backbone.</summary>
    public MetapathGraphModel? Graph { get; }

    /// <summary>Trains.</summary>
    /// <param name="data">Interactions, features and, for graph enhancements, the graph.</param>
    /// <param name="options">Options; invalid ones throw an <see cref="ArgumentException"/> that lists all of them.</param>
    /// <param name="seed">Seed of weights, order, negatives, neighbours and dropout.</param>
    /// <param name="device">Where to train.</param>
    public static TwoTowerRecommender Train(RecommenderData data, RecommenderOptions options, int seed, ComputeDevice device = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        data.Check(options);
        return new RecommenderFit(data, options, seed, device.Resolve()).Run();
    }

    /// <summary>User vectors [count, D]; score = user vector · item vector.</summary>
    /// <param name="users">User positions; -1 is a user unknown to the model: unknown features, mean graph vector, own history.</param>
    /// <param name="histories">Item positions per user, oldest first; the model reads the latest ones. An empty history reads as zeros.</param>
    /// <param name="vectors">Receives [count, D].</param>
    public void UserVectors(ReadOnlySpan<int> users, IReadOnlyList<ReadOnlyMemory<int>> histories, Span<float> vectors)
    {
        ArgumentNullException.ThrowIfNull(histories);
        if (histories.Count != users.Length || vectors.Length != users.Length * Dimension)
            throw new ArgumentException($"Expected {users.Length} histories and room for {users.Length * Dimension} values, found {histories.Count} and {vectors.Length}.");
        using var scope = NewDisposeScope();
        using var local = Users(users, i => histories[i].Span).cpu();
        local.data<float>().CopyTo(vectors);
    }

    /// <summary>Scores [count, I] of all items for the queries from <paramref name="first"/> on.</summary>
    public void Score(RankingQueries queries, int first, int count, Span<float> scores)
    {
        ArgumentNullException.ThrowIfNull(queries);
        using var scope = NewDisposeScope();
        var users = Users(queries.Users.Slice(first, count), i => queries.HistoryOf(first + i));
        using var _ = no_grad();
        users.mm(_items.t()).cpu().data<float>().CopyTo(scores);
    }

    /// <summary>Stores weights, feature tables, vectors and the graph.</summary>
    public TensorDictionary Save() => RecommenderTensors.Save(_model, _options, _graphUsers, _items, Graph, Report);

    /// <summary>Restores what <see cref="Save"/> stored; its scores are the same to the bit.</summary>
    /// <exception cref="InvalidDataException">An entry is missing or damaged; the message names it.</exception>
    public static TwoTowerRecommender Load(TensorDictionary tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        return RecommenderTensors.Load(tensors);
    }

    private delegate ReadOnlySpan<int> HistoryOf(int row);

    private Tensor Users(ReadOnlySpan<int> users, HistoryOf historyOf)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (offsets, items) = (new int[users.Length + 1], new List<int>(users.Length * _options.HistoryLength));
        var graphRows = new int[users.Length];
        for (int i = 0; i < users.Length; i++)
        {
            if (users[i] < -1 || users[i] >= _userCount)
                throw new ArgumentOutOfRangeException(nameof(users), $"Expected user positions from -1 to {_userCount - 1}, found {users[i]}.");
            var history = historyOf(i);
            items.AddRange(history[Math.Max(0, history.Length - _options.HistoryLength)..]);
            offsets[i + 1] = items.Count;
            graphRows[i] = users[i] < 0 ? _userCount : users[i];
        }
        var random = default(RandomStream);     // inference draws nothing
        var graph = _graphUsers is null ? null : SegmentMean.Apply(_graphUsers, EdgeList.Rows(graphRows, _userCount + 1));
        return _model.Users(users, new EdgeList(users.Length, ItemCount + 1, offsets, [.. items]), graph, 0, ref random).MoveToOuterDisposeScope();
    }
}
