using AutoGraph.Core.Graphs;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Recommendation;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Enhancements;

/// <summary>Graph vectors of a metapath attention that is trained along, with the guard against leakage.</summary>
internal sealed class GraphEnhancer : Enhancer
{
    private readonly MetapathAttention attention;
    private readonly FactorGraph _graph;
    private readonly MetapathGraphOptions _options;
    private readonly MetapathEdges _inference;
    private readonly NeighborSampler? _itemsToUsers;     // null where users read their latest items
    private readonly NeighborSampler _usersToItems;
    private MetapathEdges _sampled;

    public GraphEnhancer(MetapathAttention attention, FactorGraph graph, MetapathGraphOptions options, int seed) : base(nameof(GraphEnhancer))
    {
        this.attention = attention;
        (_graph, _options) = (graph, options);
        _inference = _sampled = MetapathEdges.ForInference(graph, options, seed);
        _itemsToUsers = options.ReadsHistory ? null : MetapathEdges.ToUsers(graph, options, seed);
        _usersToItems = MetapathEdges.ToItems(graph, options, seed);
        RegisterComponents();
    }

    public override EnhancementWidths Widths => new([_options.Dimension], [_options.Dimension]);

    private bool ReadsHistory => _options.ReadsHistory;

    public override void BeginEpoch(int epoch) =>
        _sampled = _inference.WithInteractions(_itemsToUsers?.Draw(epoch) ?? _inference.ItemsToUsers, _usersToItems.Draw(epoch));

    public override (Tensor? Users, Tensor? Items) Step(TrainingRows rows, double drop, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        var dropped = attention.Draw(drop, ref random, rows.NewItems);
        using var hidden = _sampled.Hide(rows.Users, rows.Positives, rows.NewItems);     // weights of hidden edges are zero in the backward pass as well
        var edges = ReadsHistory && attention.Rounds > 1 ? _sampled.WithInteractions(StepNeighbors.Of(_inference.ItemsToUsers, rows, _options.NeighborSample), _sampled.UsersToItems) : _sampled;
        var states = attention.States(edges, dropped, ref random);
        var own = EdgeList.Rows(rows.Users, _graph.UserCount);
        var users = ReadsHistory
            ? attention.Users(states, own, rows.Earlier.Latest(_graph.ItemCount, _options.NeighborSample), ref random)
            : SegmentMean.Apply(attention.Users(states, edges.ItemsToUsers, ref random), own);
        return (users.MoveToOuterDisposeScope(), attention.Items(states, edges.UsersToItems, ref random).MoveToOuterDisposeScope());
    }

    public override (UserVectors? Users, Tensor? Items) Infer()
    {
        using var scope = NewDisposeScope();
        var random = default(RandomStream);     // inference draws nothing
        var states = attention.States(_inference, null, ref random);
        var items = attention.Items(states, _inference.UsersToItems, ref random).MoveToOuterDisposeScope();
        UserVectors users = ReadsHistory && attention.ToUsers is [_, ..] toUsers
            ? HistoryUserVectors.Of(toUsers, states, _options.NeighborSample)
            : FixedUserVectors.Of(attention.Users(states, _inference.ItemsToUsers, ref random));
        users.MoveToOuterScope();
        return (users, items);
    }
}
