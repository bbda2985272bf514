using AutoGraph.Torch.Kernels;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Backbones;

/// <summary>
/// Of a user's K vectors those near the positive train (MIND §4.4): u = Σ_k softmax_k(p · u_k·i⁺) u_k. As scores are linear in u,
/// the negatives of the row meet the same weights.
/// </summary>
internal static class LabelAwareAttention
{
    /// <param name="users">[B·K, D].</param>
    /// <param name="positives">[B, D] item vectors of the positives.</param>
    /// <param name="vectors">K.</param>
    /// <param name="power">p: 0 weighs all alike, large values take the nearest alone.</param>
    /// <returns>[B, D].</returns>
    public static Tensor Apply(Tensor users, Tensor positives, int vectors, double power)
    {
        Shapes.Expect(positives, nameof(positives), -1, -1);
        Shapes.Expect(users, nameof(users), positives.shape[0] * vectors, positives.shape[1]);
        using var scope = NewDisposeScope();
        var interests = users.view(-1, vectors, positives.shape[1]);                                      // [B, K, D]
        var logits = (interests * positives.unsqueeze(1)).sum(-1, keepdim: true);                         // [B, K, 1]
        return (interests * Scalars.Multiply(logits, power).softmax(1)).sum(1).MoveToOuterDisposeScope();
    }
}
