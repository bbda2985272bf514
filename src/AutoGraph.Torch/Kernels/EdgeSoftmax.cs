using System.Numerics;
using System.Numerics.Tensors;

namespace AutoGraph.Torch.Kernels;

/// <summary>Softmax over the visible edges of one target.</summary>
internal static class EdgeSoftmax
{
    /// <param name="weights">All edges of the target; the logits of the visible ones stand side by side at the front. Receives each edge's weight at its place, 0 where it is hidden.</param>
    /// <param name="kept">Number of visible edges.</param>
    /// <param name="removed">Whether each edge is hidden; read where some are.</param>
    public static void Apply<T>(Span<T> weights, int kept, ReadOnlySpan<bool> removed) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (kept > 0) Softmax(weights[..kept]);
        if (kept < weights.Length) Spread(weights, kept, removed);
    }

    private static void Softmax<T>(Span<T> weights) where T : unmanaged, IFloatingPointIeee754<T>
    {
        TensorPrimitives.Subtract(weights, TensorPrimitives.Max<T>(weights), weights);
        TensorPrimitives.Exp<T>(weights, weights);
        TensorPrimitives.Multiply(weights, T.One / TensorPrimitives.Sum<T>(weights), weights);
    }

    /// <summary>
    /// Moves the weights of the edges that are left, computed side by side, to their places, and zeros to the rest. Vector
    /// instructions round by place and length: only so does a hidden edge leave the same bits as an edge that is not there.
    /// </summary>
    private static void Spread<T>(Span<T> weights, int kept, ReadOnlySpan<bool> removed) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int e = weights.Length - 1; e >= 0; e--)
            weights[e] = removed[e] ? T.Zero : weights[--kept];
    }
}
