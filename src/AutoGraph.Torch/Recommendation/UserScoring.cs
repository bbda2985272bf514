using AutoGraph.Core.Evaluation;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Enhancements;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Recommendation;

/// <summary>Inference over computed representations: user vectors from positions and histories, scores against all items.</summary>
/// <param name="Model">The towers, in inference mode.</param>
/// <param name="HistoryLength">Latest items read of each history.</param>
/// <param name="UserCount">Number of known users U.</param>
/// <param name="Enhancement">What gives users the vectors of the enhancement, or null for the plain backbone.</param>
/// <param name="Items">[I, D] item vectors.</param>
/// <param name="HistoryTable">[I + 1, D] what the backbone reads for the items of a history.</param>
internal sealed record UserScoring(TwoTowerModel Model, int HistoryLength, int UserCount, UserVectors? Enhancement, Tensor Items, Tensor HistoryTable)
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
        var (users, enhanced) = enhancer is null ? (null, null) : enhancer.Infer();
        var (items, table) = model.Items(enhanced, 0, ref random);
        users?.MoveToOuterScope();
        return new(model, historyLength, userCount, users, items.MoveToOuterDisposeScope(), table.MoveToOuterDisposeScope());
    }

    /// <summary>User vectors [B·K, D], those of a user beside each other.</summary>
    /// <param name="users">[B] positions, -1 for unknown.</param>
    /// <param name="historyOf">The history of row b, oldest first.</param>
    public Tensor Users(ReadOnlySpan<int> users, HistoryOf historyOf)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (offsets, items) = (new int[users.Length + 1], new List<int>(users.Length * HistoryLength));
        var rows = new int[users.Length];
        int itemCount = (int)Items.shape[0];
        for (int b = 0; b < users.Length; b++)
        {
            if (users[b] < -1 || users[b] >= UserCount)
                throw new ArgumentOutOfRangeException(nameof(users), $"Expected user positions from -1 to {UserCount - 1}, found {users[b]}.");
            var history = historyOf(b);
            foreach (int item in history[Math.Max(0, history.Length - HistoryLength)..])
                items.Add((uint)item < (uint)itemCount ? item : throw new ArgumentOutOfRangeException(
                    nameof(historyOf), $"Expected item positions from 0 to {itemCount - 1}, found {item} in the history of row {b}."));
            offsets[b + 1] = items.Count;
            rows[b] = users[b] < 0 ? UserCount : users[b];
        }
        var random = default(RandomStream);
        var histories = new ItemSequences(offsets, [.. items]);
        var read = new EdgeList(users.Length, itemCount + 1, offsets, [.. items.Select(Model.HistoryRow)]);
        return Model.Users(users, read, HistoryTable, Enhancement?.Of(rows, histories), 0, ref random).MoveToOuterDisposeScope();
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
        HostMemory.Copy(products, scores);
    }
}
