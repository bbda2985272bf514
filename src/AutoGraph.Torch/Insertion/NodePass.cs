using AutoGraph.Core.Features;
using AutoGraph.Torch.Enhancements;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Recommendation;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Insertion;

/// <summary>What stands in the tables of an engine for one item.</summary>
/// <param name="Vector">[D] its vector.</param>
/// <param name="History">[D] what the backbone reads of it in a history.</param>
/// <param name="State">[Wi] what the user vectors of an enhancement read of it.</param>
/// <param name="Node">[Dg] what users read of it in the graph; empty without one.</param>
internal sealed record ItemRow(float[] Vector, float[] History, float[] State, float[] Node);

/// <summary>What stands in the tables of an engine for one user.</summary>
/// <param name="State">[Wu] what the user vectors of an enhancement know of the user.</param>
/// <param name="Node">[Dg] what items read of the user in the graph; empty without one.</param>
internal sealed record UserRow(float[] State, float[] Node);

/// <summary>Inference for single users and items over stored rows: cost follows from what a row reads, never from how many users and items there are.</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
internal sealed class NodePass
{
    private readonly UserScoring _scoring;
    private readonly GraphPass? _graph;
    private readonly bool _insertsItems;

    public NodePass(TwoTowerRecommender recommender)
    {
        _scoring = recommender.Scoring;
        _graph = recommender.Graph is { } graph ? GraphPass.Of(graph, Device) : null;
        _insertsItems = Model.Widths.Items.Length == (_graph is null ? 0 : 1);
        (UserFeatures, ItemFeatures) = (new(Model.UserFeatures), new(Model.ItemFeatures));
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        int width = recommender.Dimension, items = recommender.ItemCount;
        var table = HostMemory.ToArray<float>(_scoring.HistoryTable);
        HistoryRows = new float[items * width];
        for (int item = 0; item < items; item++) table.AsSpan(Model.HistoryRow(item) * width, width).CopyTo(HistoryRows.AsSpan(item * width));
        ItemStates = _scoring.Enhancement is { } read ? HostMemory.ToArray<float>(read.ItemRows(items)) : [];
        var states = _scoring.Enhancement is { } known ? HostMemory.ToArray<float>(known.UserRows(recommender.UserCount)) : [];
        UserStateWidth = _scoring.Enhancement?.UserWidth ?? 0;
        (UserStates, UnknownUserState) = (states[..(recommender.UserCount * UserStateWidth)], states[(recommender.UserCount * UserStateWidth)..]);
    }

    /// <summary>Makes rows of user features.</summary>
    public RowFeatures UserFeatures { get; }

    /// <summary>Makes rows of item features.</summary>
    public RowFeatures ItemFeatures { get; }

    /// <summary>[I, D] what the backbone reads of items.</summary>
    public float[] HistoryRows { get; }

    /// <summary>[I, Wi].</summary>
    public float[] ItemStates { get; }

    /// <summary>[U, Wu].</summary>
    public float[] UserStates { get; }

    /// <summary>[Wu] what stands for unknown users.</summary>
    public float[] UnknownUserState { get; }

    /// <summary>Wi.</summary>
    public int ItemStateWidth => _scoring.Enhancement?.ItemWidth ?? 0;

    /// <summary>Wu.</summary>
    public int UserStateWidth { get; }

    /// <summary>The graph, or null.</summary>
    public GraphPass? Graph => _graph;

    private TwoTowerModel Model => _scoring.Model;

    private Device Device => _scoring.Items.device;

    /// <summary>Throws where the model has vectors of items that only a new fit can make.</summary>
    /// <exception cref="NotSupportedException">It has.</exception>
    public void RequireItemInsertion()
    {
        if (!_insertsItems)
            throw new NotSupportedException($"Expected a recommender whose items have vectors of {nameof(Enhancement)}.{nameof(Enhancement.AutoGraph)} alone (beside Kar, Uist and HistoryField), found others, which no single forward pass makes. Fit with other enhancements, or fit anew to add items.");
    }

    /// <summary>The rows of one item.</summary>
    /// <param name="features">One row of features.</param>
    /// <param name="known">Position, or -1 for an item that joined after training.</param>
    /// <param name="codes">Its codes; may be empty without a graph.</param>
    /// <param name="users">[n, Dg] nodes of the users who interacted with it.</param>
    public ItemRow Item(FeatureTable features, int known, ReadOnlySpan<int> codes, float[] users)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        (Tensor Vector, Tensor Active)? node = _graph?.Item(known, codes, users);
        var (vector, history) = Model.Item(features, node?.Vector);
        float[] state = _scoring.Enhancement is { } read ? HostMemory.ToArray<float>(read.ItemRow(known, node?.Active)) : [];
        return new(HostMemory.ToArray<float>(vector), HostMemory.ToArray<float>(history), state, node is { } own ? HostMemory.ToArray<float>(own.Active) : []);
    }

    /// <summary>The rows of one user.</summary>
    /// <param name="known">Position, or -1 for a user that joined after training.</param>
    /// <param name="codes">The user's codes; empty where there are none: the mean of all users stands in.</param>
    /// <param name="items">[n, Dg] nodes of the user's items, oldest first; the graph reads the latest <see cref="GraphPass.ItemsRead"/>.</param>
    public UserRow User(int known, ReadOnlySpan<int> codes, float[] items)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        (Tensor State, Tensor Active, Tensor Vector)? node = codes.IsEmpty ? null : _graph?.User(known, codes, items);
        return new(_scoring.Enhancement is { } knows ? HostMemory.ToArray<float>(knows.UserRow(known, node)) : [],
            node is { } own ? HostMemory.ToArray<float>(own.Active) : _graph?.MeanUser ?? []);
    }

    /// <summary>User vectors [B, K, D] from rows at hand.</summary>
    /// <param name="features">B rows.</param>
    /// <param name="states">[B, Wu].</param>
    /// <param name="offsets">[B + 1] where each history begins among the n items; oldest first, at most HistoryLength in a row.</param>
    /// <param name="history">[n, D] rows of the items that the backbone reads.</param>
    /// <param name="items">[n, Wi] states of the same items.</param>
    public float[] Users(FeatureTable features, float[] states, int[] offsets, float[] history, float[] items)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        int[] places = [.. Enumerable.Range(0, offsets[^1])];
        // one row more that nothing reads: a table always has rows
        var table = Padded(history, places.Length, Model.ItemWidth);
        var enhanced = _scoring.Enhancement?.Apply(Matrix(states, features.RowCount, UserStateWidth, Device), Padded(items, places.Length, ItemStateWidth), new ItemSequences(offsets, places));
        return HostMemory.ToArray<float>(Model.Users(features, new EdgeList(features.RowCount, places.Length + 1, offsets, places), table, enhanced));
    }

    /// <summary>How the graph vector of one user reads the history: places and weights that add up to 1; empty where it does not.</summary>
    /// <param name="state">[Wu].</param>
    /// <param name="items">[n, Wi] states of the history's items, oldest first, n ≥ 1.</param>
    public (int Place, float Weight)[] Attention(float[] state, float[] items)
    {
        if (_scoring.Enhancement is not { } enhancement || _graph is null || ItemStateWidth == 0) return [];
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        return enhancement.Attention(Matrix(state, UserStateWidth, Device), Matrix(items, ItemStateWidth, Device));
    }

    /// <summary>Latest items that user vectors read.</summary>
    public int HistoryLength => _scoring.HistoryLength;

    /// <summary>A matrix of rows, at least one, on a device.</summary>
    internal static Tensor Matrix(float[] values, int width, Device device) => values.Length == 0 ? zeros(1, width, device: device) : Matrix(values, values.Length / width, width, device);

    // a clone, since matrix products round by the alignment of an array's own memory
    private static Tensor Matrix(float[] values, int rows, int width, Device device) => width == 0 ? zeros(rows, 0, device: device) : tensor(values, rows, width, device: device).clone();

    private Tensor Padded(float[] values, int rows, int width)
    {
        var padded = new float[(rows + 1) * width];
        values.CopyTo(padded, 0);
        return Matrix(padded, rows + 1, width, Device);
    }
}
