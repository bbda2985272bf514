using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Recommendation;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Enhancements;

/// <summary>Given vectors, not trained.</summary>
/// <param name="users">[U, G].</param>
/// <param name="items">[I, G].</param>
internal sealed class FrozenEnhancer(Tensor users, Tensor items) : Enhancer(nameof(FrozenEnhancer))
{
    private readonly Tensor _users = users.DetachFromDisposeScope();
    private readonly Tensor _items = items.DetachFromDisposeScope();

    public override EnhancementWidths Widths => new([(int)_users.shape[1]], [(int)_items.shape[1]]);

    public override (Tensor? Users, Tensor? Items) Step(TrainingRows rows, double drop, ref RandomStream random) =>
        (SegmentMean.Apply(_users, EdgeList.Rows(rows.Users, (int)_users.shape[0])), _items.alias());

    public override (UserVectors? Users, Tensor? Items) Infer() => (FixedUserVectors.Of(_users), _items.alias());

    protected override void Dispose(bool disposing)
    {
        if (disposing) { _users.Dispose(); _items.Dispose(); }
        base.Dispose(disposing);
    }
}
