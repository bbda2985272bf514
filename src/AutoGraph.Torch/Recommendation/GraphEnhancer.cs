using AutoGraph.Core.Graphs;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Training;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Recommendation;

/// <summary>Graph vectors of a metapath attention that is trained along, with the guard against leakage.</summary>
internal sealed class GraphEnhancer : Enhancer
{
    private readonly MetapathAttention attention;
    private readonly FactorGraph _graph;
    private readonly MetapathEdges _inference;
    private readonly NeighborSampler _itemsToUsers;
    private readonly NeighborSampler _usersToItems;
    private MetapathEdges _sampled;

    public GraphEnhancer(MetapathAttention attention, FactorGraph graph, MetapathGraphOptions options, int seed) : base(nameof(GraphEnhancer))
    {
        this.attention = attention;
        (_graph, Width) = (graph, options.Dimension);
        _inference = _sampled = MetapathEdges.ForInference(graph, options, seed);
        _itemsToUsers = MetapathEdges.ToUsers(graph, options, seed);
        _usersToItems = MetapathEdges.ToItems(graph, options, seed);
        RegisterComponents();
    }

    public override int Width { get; }

    public override void BeginEpoch(int epoch) => _sampled = _inference.WithInteractions(_itemsToUsers.Draw(epoch), _usersToItems.Draw(epoch));

    public override (Tensor Users, Tensor Items) Step(ReadOnlySpan<int> users, ReadOnlySpan<int> items, double drop, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        var device = attention.parameters().First().device;
        NodeDrop? dropped = drop > 0 ? new(Mask(_graph.UserCount, drop, ref random, device), Mask(_graph.ItemCount, drop, ref random, device)) : null;
        using var hidden = _sampled.Hide(users, items);     // weights of hidden edges are zero in the backward pass as well
        var (u, i) = attention.Propagate(_sampled, dropped);
        return (u.MoveToOuterDisposeScope(), i.MoveToOuterDisposeScope());
    }

    public override (Tensor Users, Tensor Items) Infer() => attention.Propagate(_inference);

    private static Tensor Mask(int count, double drop, ref RandomStream random, Device device)
    {
        var mask = new float[count];
        for (int i = 0; i < count; i++) mask[i] = random.NextDouble() < drop ? 1 : 0;
        return tensor(mask, count, 1, device: device);
    }
}
