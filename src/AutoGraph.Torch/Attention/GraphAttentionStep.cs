using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Attention;

/// <summary>
/// One GAT operation (paper Eq. 6): α_tj = softmax_j LeakyReLU(aᵀ[W_dst e_t ‖ W_src e_j]), h_t = Σ_j α_tj W_src e_j + b,
/// per head, heads concatenated. Logits are computed per node and added per edge.
/// </summary>
/// <remarks>Shapes: sources [S, D_src], targets [T, D_dst] → [T, H·C]. Reference: Veličković et al. 2018.</remarks>
internal sealed class GraphAttentionStep : nn.Module
{
    private readonly Parameter source;              // [H·C, D_src]
    private readonly Parameter destination;         // [H·C, D_dst]
    private readonly Parameter attendSource;        // [H, C]
    private readonly Parameter attendDestination;   // [H, C]
    private readonly Parameter bias;                // [H·C]
    private readonly int _heads;
    private readonly int _channels;

    public GraphAttentionStep(int sourceWidth, int destinationWidth, int width, int heads, Generator generator) : base(nameof(GraphAttentionStep))
    {
        (_heads, _channels) = (heads, width / heads);
        source = Initialize.Glorot(generator, sourceWidth, width, width, sourceWidth);
        destination = Initialize.Glorot(generator, destinationWidth, width, width, destinationWidth);
        attendSource = Initialize.Glorot(generator, _channels, 1, heads, _channels);
        attendDestination = Initialize.Glorot(generator, _channels, 1, heads, _channels);
        bias = Initialize.Zeros(width);
        RegisterComponents();
    }

    /// <summary>Messages from sources [S, D_src] to targets [T, D_dst]: [T, H·C].</summary>
    /// <param name="sources">[S, D_src].</param>
    /// <param name="targets">[T, D_dst].</param>
    /// <param name="edges">Edges from sources to targets.</param>
    /// <param name="ages">[P, H] logits by age of an edge, or null.</param>
    public Tensor Attend(Tensor sources, Tensor targets, EdgeList edges, Tensor? ages = null)
    {
        using var scope = NewDisposeScope();
        var projected = nn.functional.linear(sources, source);                                      // [S, H·C]
        var sourceLogit = nn.functional.linear(sources, Logits(source, attendSource));              // [S, H]
        var targetLogit = nn.functional.linear(targets, Logits(destination, attendDestination));    // [T, H]
        return Scalars.Add(SegmentAttention.Apply(projected, sourceLogit, targetLogit, edges, ages), bias).MoveToOuterDisposeScope();
    }

    /// <summary>aᵀW per head, [H, D]: logits need no projection of their own.</summary>
    private Tensor Logits(Tensor weight, Tensor attend) =>
        (weight.view(_heads, _channels, weight.shape[1]) * attend.unsqueeze(-1)).sum(1);
}
