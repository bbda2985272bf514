using System.Numerics;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Kernels;

/// <summary>
/// While one is open on a thread, <see cref="SegmentAttention"/> on the CPU notes there the weights that its forward passes compute, so that
/// they can be read without a second way to compute them.
/// </summary>
internal sealed class AttentionTrace : IDisposable
{
    [ThreadStatic] private static AttentionTrace? _open;

    private readonly Dictionary<EdgeList, List<float[]>> _weights = new(ReferenceEqualityComparer.Instance);

    private AttentionTrace() { }

    public static AttentionTrace Open()
    {
        if (_open is not null) throw new InvalidOperationException("Expected no open trace of attention on this thread, found one.");
        return _open = new();
    }

    /// <summary>[E] weight of each edge, mean over heads and over passes along these edges; null where there was no pass.</summary>
    public float[]? Of(EdgeList edges) => !_weights.TryGetValue(edges, out var passes) ? null
        : passes.Count == 1 ? passes[0] : [.. Enumerable.Range(0, edges.EdgeCount).Select(edge => passes.Average(pass => pass[edge]))];

    /// <param name="edges">The edges of a pass.</param>
    /// <param name="weights">[E, H].</param>
    public static unsafe void Note<T>(EdgeList edges, Tensor weights) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (_open is null) return;
        int heads = (int)weights.shape[1];
        var mean = new float[edges.EdgeCount];
        T* alpha = Lanes.Pointer<T>(weights);
        for (int e = 0; e < mean.Length; e++)
            for (int h = 0; h < heads; h++) mean[e] += float.CreateChecked(alpha[(long)e * heads + h]) / heads;
        if (!_open._weights.TryGetValue(edges, out var passes)) _open._weights[edges] = passes = [];
        passes.Add(mean);
    }

    public void Dispose() => _open = null;
}
