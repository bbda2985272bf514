using AutoGraph.Core.Codes;
using AutoGraph.Core.Retrieval;
using AutoGraph.Torch.Recommendation;

namespace AutoGraph;

/// <summary>The best items for a user or for a history at hand, with the factors they share with it.</summary>
/// <remarks>Immutable snapshot of a trained model; safe for concurrent use.</remarks>
public sealed class RecommendationEngine
{
    private readonly GraphEnhancedRecommenderTransformer _model;
    private readonly CodeTable? _codes;
    private readonly int _factorLevels;

    internal RecommendationEngine(GraphEnhancedRecommenderTransformer model)
    {
        _model = model;
        (_codes, _factorLevels) = (model.Model.Graph?.Graph.ItemCodes, model.Model.Graph?.Graph.Levels ?? 0);
    }

    /// <summary>The best items for a user.</summary>
    /// <param name="userId">The user; an unknown one is answered as a typical user without a history.</param>
    /// <param name="count">Items wanted, at least 1; fewer come where there are fewer. Default 10.</param>
    /// <param name="excludeSeen">Whether items of the training history are left out. Default true.</param>
    public IReadOnlyList<Recommendation> Recommend(string userId, int count = 10, bool excludeSeen = true)
    {
        ArgumentNullException.ThrowIfNull(userId);
        int user = _model.Users.Ids.PositionOf(userId);
        return Rank(user, _model.Histories[user], count, excludeSeen);
    }

    /// <summary>The best items after a history at hand.</summary>
    /// <param name="history">Item ids, oldest first; unknown ones are left out.</param>
    /// <param name="count">Items wanted, at least 1. Default 10.</param>
    /// <param name="excludeSeen">Whether items of the history are left out. Default true.</param>
    /// <param name="userId">The user whose history it is, or null for nobody known.</param>
    public IReadOnlyList<Recommendation> RecommendFor(IEnumerable<string> history, int count = 10, bool excludeSeen = true, string? userId = null)
    {
        ArgumentNullException.ThrowIfNull(history);
        int[] items = [.. history.Select(_model.Items.Ids.PositionOf).Where(item => item >= 0)];
        return Rank(userId is null ? -1 : _model.Users.Ids.PositionOf(userId), items, count, excludeSeen);
    }

    private Recommendation[] Rank(int user, ReadOnlyMemory<int> history, int count, bool excludeSeen)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        int width = _model.Model.Dimension;
        var vectors = new float[_model.Model.VectorsPerUser * width];
        _model.Model.UserVectors([user], [history], vectors);
        var items = _model.Model.ItemVectors.Span;
        var scores = new float[_model.Items.Ids.Count];
        for (int item = 0; item < scores.Length; item++) scores[item] = TwoTowerRecommender.Score(vectors, items.Slice(item * width, width));
        return [.. TopK.Select(scores, count, excludeSeen ? history.Span : default)
            .Select(best => new Recommendation(_model.Items.Ids[best.Position], best.Score, Reasons(best.Position, history.Span)))];
    }

    private SharedFactor[] Reasons(int item, ReadOnlySpan<int> history)
    {
        if (_codes is null) return [];
        var reasons = new List<SharedFactor>();
        for (int level = 0; level < _factorLevels; level++)
        {
            int code = _codes.Row(item)[level];
            var sharing = new List<string>();
            for (int at = history.Length - 1; at >= 0; at--)
                if (history[at] != item && _codes.Row(history[at])[level] == code && !sharing.Contains(_model.Items.Ids[history[at]])) sharing.Add(_model.Items.Ids[history[at]]);
            if (sharing.Count > 0) reasons.Add(new SharedFactor(level, code, sharing));
        }
        return [.. reasons.OrderByDescending(reason => reason.HistoryItems.Count).ThenBy(reason => reason.Level)];
    }
}
