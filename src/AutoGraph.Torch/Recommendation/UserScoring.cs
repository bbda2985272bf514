using AutoGraph.Core.Evaluation;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Recommendation;

/// <summary>Inference over computed representations: user vectors from positions and histories, scores against all items.</summary>
/// <param name="Model">The towers, in inference mode.</param>
/// <param name="HistoryLength">Latest items read of each history.</param>
/// <param name="UserCount">Number of known users U.</param>
/// <param name="GraphUsers">[U + 1, G] graph vectors, or null for the plain backbone; the last row, their mean, stands for unknown users.</param>
/// <param name="Items">[I, D] item vectors.</param>
internal sealed record UserScoring(TwoTowerModel Model, int HistoryLength, int UserCount, Tensor? GraphUsers, Tensor Items)
{
    internal delegate ReadOnlySpan<int> HistoryOf(int row);

    /// <summary>Computes item vectors once for given weights.</summary>
    public static UserScoring From(TwoTowerModel model, Enhancer? enhancer, int historyLength, int userCount)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        model.eval();
        enhancer?.eval();
        var random = default(RandomStream);     // inference draws nothing
        var (users, items) = enhancer is null ? (null, null) : ((Tensor?, Tensor?))enhancer.Infer();
        var withMean = users is null ? null : cat([users, users.mean([0], keepdim: true)], 0).MoveToOuterDisposeScope();
        return new(model, historyLength, userCount, withMean, model.Items(items, 0, ref random).MoveToOuterDisposeScope());
    }

    /// <summary>User vectors [B·K, D], those of a user beside each other.</summary>
    /// <param name="users">[B] positions, -1 for unknown.</param>
    /// <param name="historyOf">The history of row b, oldest first.</param>
    public Tensor Users(ReadOnlySpan<int> users, HistoryOf historyOf)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (offsets, items) = (new int[users.Length + 1], new List<int>(users.Length * HistoryLength));
        var graphRows = new int[users.Length];
        for (int b = 0; b < users.Length; b++)
        {
            if (users[b] < -1 || users[b] >= UserCount)
                throw new ArgumentOutOfRangeException(nameof(users), $"Expected user positions from -1 to {UserCount - 1}, found {users[b]}.");
            var history = historyOf(b);
            foreach (int item in history[Math.Max(0, history.Length - HistoryLength)..])
                items.Add((uint)item < (uint)Items.shape[0] ? Model.HistoryRow(item) : throw new ArgumentOutOfRangeException(
                    nameof(historyOf), $"Expected item positions from 0 to {Items.shape[0] - 1}, found {item} in the history of row {b}."));
            offsets[b + 1] = items.Count;
            graphRows[b] = users[b] < 0 ? UserCount : users[b];
        }
        var random = default(RandomStream);
        var graph = GraphUsers is null ? null : SegmentMean.Apply(GraphUsers, EdgeList.Rows(graphRows, UserCount + 1));
        return Model.Users(users, new EdgeList(users.Length, (int)Items.shape[0] + 1, offsets, [.. items]), graph, 0, ref random).MoveToOuterDisposeScope();
    }

    /// <summary>Scores [count, I] of all items for the queries from <paramref name="first"/> on.</summary>
    public void Score(RankingQueries queries, int first, int count, Span<float> scores)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var users = Users(queries.Users.Slice(first, count), b => queries.HistoryOf(first + b));
        var products = users.mm(Items.t());                                                     // [B·K, I]
        int vectors = Model.VectorsPerUser;
        if (vectors > 1) products = products.view(count, vectors, -1).amax([1]);                // the nearest interest
        products.cpu().data<float>().CopyTo(scores);
    }
}
