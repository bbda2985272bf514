using AutoGraph.Core.Graphs;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Recommendation;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Enhancements;

/// <summary>
/// LightGCN (He et al. 2020): x_u ← Σ_i x_i / √(d_u d_i) and likewise for items, the mean of layers 0 to L. Neighbours are drawn
/// anew each epoch (the sum is √d_u times the mean of x_i / √d_i, which a sample estimates), inference reads all; the positives of
/// a step are hidden from it.
/// </summary>
internal sealed class LightGcnEnhancer : Enhancer
{
    private readonly NodeEmbeddings users;
    private readonly NodeEmbeddings items;
    private readonly NeighborSampler _itemsToUsers;
    private readonly NeighborSampler _usersToItems;
    private readonly InteractionEdges _all;
    private readonly Adjacency _userToItems;
    private readonly Adjacency _itemToUsers;
    private readonly int _layers;
    private InteractionEdges _sampled;

    /// <param name="itemToUsers">Training interactions.</param>
    /// <param name="options">Width and layers.</param>
    /// <param name="seed">Seed of the neighbours.</param>
    /// <param name="generator">Where initial embeddings are drawn from.</param>
    public LightGcnEnhancer(Adjacency itemToUsers, RecommenderOptions options, int seed, Generator generator) : base(nameof(LightGcnEnhancer))
    {
        var userToItems = itemToUsers.Transpose();
        users = new NodeEmbeddings(userToItems, options.Dimension, generator);
        items = new NodeEmbeddings(itemToUsers, options.Dimension, generator);
        _itemsToUsers = new NeighborSampler(userToItems, options.NeighborSample, seed, "LightGCN items to users");
        _usersToItems = new NeighborSampler(itemToUsers, options.NeighborSample, seed, "LightGCN users to items");
        _all = _sampled = new(EdgeList.From(userToItems), EdgeList.From(itemToUsers));
        (_userToItems, _itemToUsers) = (userToItems, itemToUsers);
        (_layers, Widths) = (options.PropagationLayers, new([options.Dimension], [options.Dimension]));
        RegisterComponents();
    }

    public override EnhancementWidths Widths { get; }

    public override void BeginEpoch(int epoch) => _sampled = new(_itemsToUsers.Draw(epoch), _usersToItems.Draw(epoch));

    public override (Tensor? Users, Tensor? Items) Step(TrainingRows rows, double drop, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        using var hidden = _sampled.Hide(rows.Users, rows.Positives, rows.NewItems);
        var (u, i) = Propagate(_sampled, rows, users.Draw(drop, ref random), items.Draw(drop, ref random, rows.NewItems));
        return (SegmentMean.Apply(u, EdgeList.Rows(rows.Users, (int)u.shape[0])).MoveToOuterDisposeScope(), i.MoveToOuterDisposeScope());
    }

    public override (UserVectors? Users, Tensor? Items) Infer()
    {
        using var scope = NewDisposeScope();
        var (u, i) = Propagate(_all, null, null, null);
        var vectors = FixedUserVectors.Of(u);
        vectors.MoveToOuterScope();
        return (vectors, i.MoveToOuterDisposeScope());
    }

    private (Tensor Users, Tensor Items) Propagate(InteractionEdges edges, TrainingRows? hidden, Tensor? droppedUsers, Tensor? droppedItems)
    {
        var (userRoot, itemRoot) = DegreeRoots(hidden);
        var (userShare, itemShare) = (Inverse(userRoot), Inverse(itemRoot));
        Tensor u = users.All(droppedUsers), i = items.All(droppedItems);
        Tensor allUsers = u, allItems = i;
        for (int layer = 1; layer <= _layers; layer++)
        {
            (u, i) = (SegmentMean.Apply(i * itemShare, edges.ItemsToUsers) * userRoot, SegmentMean.Apply(u * userShare, edges.UsersToItems) * itemRoot);
            (allUsers, allItems) = (Scalars.Add(allUsers, u), Scalars.Add(allItems, i));
        }
        return (Scalars.Multiply(allUsers, 1.0 / (_layers + 1)), Scalars.Multiply(allItems, 1.0 / (_layers + 1)));
    }

    /// <summary>√d of users, [U, 1], and items, [I, 1]; pairs hidden in this step do not count.</summary>
    private (Tensor Users, Tensor Items) DegreeRoots(TrainingRows? hidden)
    {
        float[] ofUsers = [.. Enumerable.Range(0, _userToItems.RowCount).Select(user => (float)_userToItems.Degree(user))];
        float[] ofItems = [.. Enumerable.Range(0, _itemToUsers.RowCount).Select(item => (float)_itemToUsers.Degree(item))];
        for (int item = 0; hidden?.NewItems is { } isNew && item < isNew.Length; item++)
            if (isNew[item])
            {
                foreach (int user in _itemToUsers.Neighbors(item)) ofUsers[user]--;
                ofItems[item] = 0;
            }
        foreach (var (user, item) in hidden is null ? [] : hidden.Users.Zip(hidden.Positives).Distinct())
            if (hidden!.NewItems?[item] != true && _userToItems.Neighbors(user).BinarySearch(item) >= 0)
            {
                ofUsers[user]--;
                ofItems[item]--;
            }
        return (tensor(ofUsers, ofUsers.Length, 1, device: users.Device).sqrt(), tensor(ofItems, ofItems.Length, 1, device: users.Device).sqrt());
    }

    private static Tensor Inverse(Tensor roots) => TableRows.Choose(Scalars.IsZero(roots), roots, roots.reciprocal());
}
