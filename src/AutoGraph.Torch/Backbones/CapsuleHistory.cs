using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Backbones;

/// <summary>
/// MIND (Li et al. 2019): the history's embeddings, through one shared bilinear map, are routed to K capsules, one per interest.
/// Each capsule makes a user vector of its own, or all are concatenated to one history vector.
/// </summary>
internal sealed class CapsuleHistory : HistoryEncoder
{
    private readonly Parameter bilinear;        // [D, D]
    private readonly Tensor routing;            // [K, L] where routing starts: a buffer, saved and not trained
    private readonly int _iterations;
    private readonly bool _concatenate;

    public CapsuleHistory(RecommenderOptions options, Generator generator)
        : base(nameof(CapsuleHistory), options.ConcatenateCapsules ? options.Capsules * options.Dimension : options.Dimension, options.ConcatenateCapsules ? 1 : options.Capsules)
    {
        bilinear = Initialize.Glorot(generator, options.Dimension, options.Dimension, options.Dimension, options.Dimension);
        routing = randn([options.Capsules, options.HistoryLength], generator: generator);
        (_iterations, _concatenate) = (options.RoutingIterations, options.ConcatenateCapsules);
        RegisterComponents();
    }

    public override Tensor Encode(Tensor table, EdgeList history, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        var projected = nn.functional.linear(table, bilinear);                                           // [I + 1, D], each item once
        var capsules = CapsuleRouting.Squash(CapsuleRouting.Apply(projected, history, routing, _iterations));  // [B·K, D]
        return (_concatenate ? capsules.view(history.TargetCount, Width) : capsules).MoveToOuterDisposeScope();
    }
}
