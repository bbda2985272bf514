using AutoGraph.Core.Codes;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Insertion;

/// <summary>One forward pass of the graph attention for a single node, over stored states of factors and neighbours (paper App. A.3).</summary>
/// <remarks>Immutable; safe for concurrent use.</remarks>
internal sealed class GraphPass
{
    private readonly MetapathGraphModel _model;
    private readonly MetapathAttention _attention;
    private readonly Tensor? _userFactors;      // [Qu, 2D]
    private readonly Tensor? _itemFactors;      // [Qi, 2D]
    private readonly Device _device;

    private GraphPass(MetapathGraphModel model, MetapathAttention attention, Tensor? userFactors, Tensor? itemFactors, float[] users, float[] items, float[] meanUser, Device device) =>
        (_model, _attention, _userFactors, _itemFactors, Users, Items, MeanUser, _device) = (model, attention, userFactors, itemFactors, users, items, meanUser, device);

    /// <summary>Width W = L·D of what stands for a node: what each round reads of it.</summary>
    public int Width => _attention.Rounds * _model.Options.Dimension;

    /// <summary>Whether a user's vector follows the history, repeated items too; else it reads each item once.</summary>
    public bool ReadsHistory => _model.Options.ReadsHistory;

    /// <summary>Whether a single forward pass makes the state of a node.</summary>
    public bool HasSinglePasses => _attention.HasSinglePasses;

    /// <summary>Latest items that a user's state reads.</summary>
    public int ItemsRead => ReadsHistory ? _model.Options.NeighborSample : int.MaxValue;

    /// <summary>[U, W] what items read of users: ELU of their states.</summary>
    public float[] Users { get; }

    /// <summary>[W] the mean of what items read of users: stands for users without codes.</summary>
    public float[] MeanUser { get; }

    /// <summary>[I, W] what users read of items.</summary>
    public float[] Items { get; }

    /// <summary>Computes the states of all nodes once.</summary>
    public static GraphPass Of(MetapathGraphModel model, Device device)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var attention = model.Copy(model.Graph);
        attention.to(device);
        attention.eval();
        var edges = MetapathEdges.ForInference(model.Graph, model.Options, model.Seed);
        var random = default(RandomStream);     // inference draws nothing
        var states = attention.States(edges, null, ref random);
        Tensor users = cat([.. states.Select(round => round.ActiveUsers)], 1), items = cat([.. states.Select(round => round.ActiveItems)], 1);
        var (userFactors, itemFactors) = attention.HasSinglePasses ? attention.Factors(edges) : (null, null);
        foreach (var parameter in attention.parameters()) parameter.DetachFromDisposeScope();
        userFactors?.DetachFromDisposeScope();
        itemFactors?.DetachFromDisposeScope();
        return new(model, attention, userFactors, itemFactors, HostMemory.ToArray<float>(users), HostMemory.ToArray<float>(items), HostMemory.ToArray<float>(users.mean([0])), device);
    }

    /// <summary>The users that an item of the training reads.</summary>
    public ReadOnlySpan<int> UsersOf(int item) => _model.Graph.ItemToUsers.Neighbors(item);

    /// <summary>Graph vector, [1, D], and what each round reads of one item, [1, W].</summary>
    /// <param name="known">Position, or -1 for one that joined after training.</param>
    /// <param name="codes">Its codes.</param>
    /// <param name="users">[n, W] what it reads of its users.</param>
    public (Tensor Vector, Tensor Active) Item(int known, ReadOnlySpan<int> codes, float[] users)
    {
        RequireSinglePasses();
        using var scope = NewDisposeScope();
        var node = _attention.Item(known, Factors(_itemFactors, _model.Graph.ItemCodes, codes));
        var (active, vector) = _attention.ItemVector(node, NodePass.Matrix(users, Width, _device), users.Length / Width);
        return (vector.MoveToOuterDisposeScope(), active.MoveToOuterDisposeScope());
    }

    /// <summary>Semantic state, [1, D], what each round reads of it, [1, W], and graph vector, [1, D], of one user.</summary>
    /// <param name="known">Position, or -1 for one that joined after training.</param>
    /// <param name="codes">The user's codes.</param>
    /// <param name="items">[n, W] what the user reads of its items, oldest first; the latest <see cref="ItemsRead"/> count.</param>
    public (Tensor State, Tensor Active, Tensor Vector) User(int known, ReadOnlySpan<int> codes, float[] items)
    {
        RequireSinglePasses();
        using var scope = NewDisposeScope();
        var node = _attention.User(known, Factors(_userFactors, _model.Graph.UserCodes, codes));
        var read = items[^(Math.Min(items.Length / Width, ItemsRead) * Width)..];
        var (active, vector) = _attention.UserVector(node, NodePass.Matrix(read, Width, _device), read.Length / Width);
        return (node.State.MoveToOuterDisposeScope(), active.MoveToOuterDisposeScope(), vector.MoveToOuterDisposeScope());
    }

    private void RequireSinglePasses()
    {
        if (!HasSinglePasses)
            throw new NotSupportedException($"Expected a graph whose semantic paths pass through factor nodes and whose nodes have no content, found {nameof(MetapathGraphOptions.Pairwise)} or {nameof(MetapathGraphOptions.ContentNodes)}: no single forward pass adds a node to it. Fit with the default forms, or fit anew.");
    }

    private Tensor? Factors(Tensor? states, CodeTable table, ReadOnlySpan<int> codes)
    {
        if (states is null) return null;
        var rows = new long[_model.Graph.Levels];
        for (int level = 0; level < rows.Length; level++) rows[level] = level * table.CodebookSize + codes[level];
        return TableRows.Of(states, tensor(rows, device: _device));
    }
}
