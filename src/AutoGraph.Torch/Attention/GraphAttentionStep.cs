using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Attention;

/// <summary>
/// One GAT operation (paper Eq. 6): α_tj = softmax_j LeakyReLU(aᵀ[W_dst e_t ‖ W_src e_j]), h_t = Σ_j α_tj W_src e_j + b,
/// per head, heads concatenated. Logits are computed per node and added per edge. In the second version (GATv2) the logits are
/// aᵀ LeakyReLU(W_dst e_t + W_src e_j), and age logits are added after the nonlinearity. In training dropout falls on e_t and e_j and on α,
/// as in GAT; on e alone where there are no edges but groups of members.
/// </summary>
/// <remarks>Shapes: sources [S, D_src], targets [T, D_dst] → [T, H·C]. References: Veličković et al. 2018; Brody et al. 2022.</remarks>
internal sealed class GraphAttentionStep : nn.Module
{
    private readonly Parameter source;              // [H·C, D_src]
    private readonly Parameter destination;         // [H·C, D_dst]
    private readonly Parameter? attendSource;       // [H, C]
    private readonly Parameter? attendDestination;  // [H, C]
    private readonly Parameter? attend;             // [H, C] a of the second version
    private readonly Parameter bias;                // [H·C]
    private readonly int _heads;
    private readonly int _channels;
    private readonly double _dropout;

    public GraphAttentionStep(int sourceWidth, int destinationWidth, int width, int heads, Generator generator, bool version2 = false, double dropout = 0) : base(nameof(GraphAttentionStep))
    {
        (_heads, _channels, _dropout) = (heads, width / heads, dropout);
        source = Initialize.Glorot(generator, sourceWidth, width, width, sourceWidth);
        destination = Initialize.Glorot(generator, destinationWidth, width, width, destinationWidth);
        if (version2) attend = Initialize.Glorot(generator, _channels, 1, heads, _channels);
        else
        {
            attendSource = Initialize.Glorot(generator, _channels, 1, heads, _channels);
            attendDestination = Initialize.Glorot(generator, _channels, 1, heads, _channels);
        }
        bias = Initialize.Zeros(width);
        RegisterComponents();
    }

    /// <summary>Messages from sources [S, D_src] to targets [T, D_dst]: [T, H·C].</summary>
    /// <param name="sources">[S, D_src].</param>
    /// <param name="targets">[T, D_dst].</param>
    /// <param name="edges">Edges from sources to targets.</param>
    /// <param name="random">Where dropout is drawn from, in training.</param>
    /// <param name="ages">[P, H] logits by age of an edge, or null.</param>
    public Tensor Attend(Tensor sources, Tensor targets, EdgeList edges, ref RandomStream random, Tensor? ages = null)
    {
        using var scope = NewDisposeScope();
        bool same = ReferenceEquals(sources, targets);
        sources = Drop(sources, ref random);
        targets = same ? sources : Drop(targets, ref random);
        var dropout = EdgeDropout.Draw(Rate, ref random);
        var projected = nn.functional.linear(sources, source);                                      // [S, H·C]
        var messages = attend is not null
            ? SegmentAttentionV2.Apply(projected, nn.functional.linear(targets, destination), attend, edges, ages, dropout)
            : SegmentAttention.Apply(projected, SourceLogits(sources), TargetLogits(targets), edges, ages, dropout);
        return Scalars.Add(messages, bias).MoveToOuterDisposeScope();
    }

    /// <summary>Messages from members [N, D] to those who share a factor with them, themselves included: [N, H·C]; of the first version alone.</summary>
    /// <param name="members">[N, D].</param>
    /// <param name="groups">Who shares factors with whom.</param>
    /// <param name="random">Where dropout is drawn from, in training.</param>
    public Tensor Attend(Tensor members, MemberGroups groups, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        members = Drop(members, ref random);
        var projected = nn.functional.linear(members, source);
        return Scalars.Add(PairAttention.Apply(projected, SourceLogits(members), TargetLogits(members), groups), bias).MoveToOuterDisposeScope();
    }

    private double Rate => training ? _dropout : 0;

    private Tensor Drop(Tensor states, ref RandomStream random) => SeededDropout.Apply(states, Rate, ref random);

    /// <summary>[S, H].</summary>
    private Tensor SourceLogits(Tensor sources) => nn.functional.linear(sources, PerHead(source, attendSource!));

    /// <summary>[T, H].</summary>
    private Tensor TargetLogits(Tensor targets) => nn.functional.linear(targets, PerHead(destination, attendDestination!));

    /// <summary>aᵀW per head, [H, D]: logits need no projection of their own.</summary>
    private Tensor PerHead(Tensor weight, Tensor attention) =>
        (weight.view(_heads, _channels, weight.shape[1]) * attention.unsqueeze(-1)).sum(1);
}
