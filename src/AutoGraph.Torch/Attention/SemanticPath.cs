using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Attention;

/// <summary>
/// A semantic metapath t→q→t as two GAT steps: members to factor (destination e_q), then [aggregate ‖ e_q] to member
/// (destination e_t). Costs 2·N·T edges where pairs of members would cost up to N². With <c>Pairwise</c> one GAT step over the members
/// who share a factor with t, without factor nodes (Eq. 6–7 as printed).
/// </summary>
internal sealed class SemanticPath : nn.Module
{
    private readonly Parameter? factors;            // [Q, D]
    private readonly GraphAttentionStep? toFactor;
    private readonly GraphAttentionStep? toMember;
    private readonly GraphAttentionStep? pairs;
    private readonly Parameter? self;               // [D, D]
    private readonly Parameter? gate;               // [1]

    /// <param name="factorCount">Q.</param>
    /// <param name="options">Options.</param>
    /// <param name="generator">Where initial weights are drawn from.</param>
    /// <param name="codebook">[Q, V'] vectors that factor embeddings start from, or null.</param>
    public SemanticPath(int factorCount, MetapathGraphOptions options, Generator generator, NodeVectors? codebook = null) : base(nameof(SemanticPath))
    {
        int width = options.Dimension;
        if (options.Pairwise) pairs = new GraphAttentionStep(width, width, width, options.Heads, generator, dropout: options.Dropout);
        else
        {
            factors = codebook is null ? Initialize.Normal(generator, NodeEmbeddings.Deviation, factorCount, width) : FactorStart.Of(codebook, width, NodeEmbeddings.Deviation, generator);
            toFactor = new GraphAttentionStep(width, width, width, options.Heads, generator, options.AttentionV2, options.Dropout);
            toMember = new GraphAttentionStep(2 * width, width, width, options.Heads, generator, options.AttentionV2, options.Dropout);
        }
        if (!options.Literal) self = Initialize.Glorot(generator, width, width, width, width);
        if (options.Gates) gate = Initialize.Zeros(1);
        RegisterComponents();
    }

    /// <summary>H = W_self e + gate · GAT(…), [N, D].</summary>
    public Tensor Propagate(Tensor members, SemanticEdges edges, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        var messages = pairs is null ? Read(members, Factors(members, edges.ToFactors, ref random), edges.ToMembers, ref random) : pairs.Attend(members, edges.Groups!.Value, ref random);    // [N, D]
        return State(members, messages).MoveToOuterDisposeScope();
    }

    /// <summary>Whether messages pass through factor nodes, so that <see cref="Factors"/> and <see cref="Members"/> make single states.</summary>
    public bool IsTwoHop => pairs is null;

    /// <summary>[aggregate ‖ e_q] of all factors, [Q, 2D]: what members read.</summary>
    public Tensor Factors(Tensor members, EdgeList membersToFactors, ref RandomStream random)
    {
        using var scope = NewDisposeScope();
        return cat([Scalars.Elu(toFactor!.Attend(members, factors!, membersToFactors, ref random)), factors!], 1).MoveToOuterDisposeScope();
    }

    /// <summary>H of members that read factors [Q, 2D], [N, D], in inference.</summary>
    public Tensor Members(Tensor members, Tensor states, EdgeList factorsToMembers)
    {
        using var scope = NewDisposeScope();
        var random = default(RandomStream);     // inference draws nothing
        return State(members, Read(members, states, factorsToMembers, ref random)).MoveToOuterDisposeScope();
    }

    private Tensor Read(Tensor members, Tensor states, EdgeList factorsToMembers, ref RandomStream random) => toMember!.Attend(states, members, factorsToMembers, ref random);

    private Tensor State(Tensor members, Tensor messages)
    {
        if (gate is not null) messages = messages * gate;
        return self is null ? messages : Scalars.Add(nn.functional.linear(members, self), messages);
    }
}
