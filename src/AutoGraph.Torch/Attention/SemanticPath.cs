using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Attention;

/// <summary>
/// A semantic metapath t→q→t as two GAT steps: members to factor (destination e_q), then [aggregate ‖ e_q] to member
/// (destination e_t). Costs 2·N·T edges where pairs of members would cost up to N².
/// </summary>
internal sealed class SemanticPath : nn.Module
{
    private readonly Parameter factors;             // [Q, D]
    private readonly GraphAttentionStep toFactor;
    private readonly GraphAttentionStep toMember;
    private readonly Parameter? self;               // [D, D]

    public SemanticPath(int factorCount, MetapathGraphOptions options, Generator generator) : base(nameof(SemanticPath))
    {
        int width = options.Dimension;
        factors = Initialize.Normal(generator, MetapathAttention.NodeDeviation, factorCount, width);
        toFactor = new GraphAttentionStep(width, width, width, options.Heads, generator);
        toMember = new GraphAttentionStep(2 * width, width, width, options.Heads, generator);
        if (!options.Literal) self = Initialize.Glorot(generator, width, width, width, width);
        RegisterComponents();
    }

    /// <summary>H = W_self e + GAT(factors → members), [N, D].</summary>
    public Tensor Propagate(Tensor members, EdgeList membersToFactors, EdgeList factorsToMembers)
    {
        using var scope = NewDisposeScope();
        return Members(members, Factors(members, membersToFactors), factorsToMembers).MoveToOuterDisposeScope();
    }

    /// <summary>[aggregate ‖ e_q] of all factors, [Q, 2D]: what members read.</summary>
    public Tensor Factors(Tensor members, EdgeList membersToFactors)
    {
        using var scope = NewDisposeScope();
        return cat([Scalars.Elu(toFactor.Attend(members, factors, membersToFactors)), factors], 1).MoveToOuterDisposeScope();
    }

    /// <summary>H of members that read factors [Q, 2D], [N, D].</summary>
    public Tensor Members(Tensor members, Tensor states, EdgeList factorsToMembers)
    {
        using var scope = NewDisposeScope();
        var messages = toMember.Attend(states, members, factorsToMembers);   // [N, D]
        return (self is null ? messages : Scalars.Add(nn.functional.linear(members, self), messages)).MoveToOuterDisposeScope();
    }
}
