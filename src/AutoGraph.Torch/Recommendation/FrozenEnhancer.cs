using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Training;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Recommendation;

/// <summary>Given vectors, not trained.</summary>
/// <param name="users">[U, G].</param>
/// <param name="items">[I, G].</param>
internal sealed class FrozenEnhancer(Tensor users, Tensor items) : Enhancer(nameof(FrozenEnhancer))
{
    private readonly Tensor _users = users.DetachFromDisposeScope();
    private readonly Tensor _items = items.DetachFromDisposeScope();

    public override int Width => (int)_users.shape[1];

    public override (Tensor Users, Tensor Items) Step(ReadOnlySpan<int> users, ReadOnlySpan<int> items, double drop, ref RandomStream random) => Infer();

    public override (Tensor Users, Tensor Items) Infer() => (_users.alias(), _items.alias());

    protected override void Dispose(bool disposing)
    {
        if (disposing) { _users.Dispose(); _items.Dispose(); }
        base.Dispose(disposing);
    }
}
