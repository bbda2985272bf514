using AutoGraph.Core.Codes;
using AutoGraph.Core.Graphs;
using AutoGraph.Torch.Kernels;

namespace AutoGraph.Torch.Attention;

/// <summary>Edges between the members and the factors of one side.</summary>
/// <param name="ToFactors">From members to factors.</param>
/// <param name="ToMembers">From factors to members.</param>
internal sealed record SemanticEdges(EdgeList ToFactors, EdgeList ToMembers)
{
    /// <summary>Edges from the members and the factors of each.</summary>
    public static SemanticEdges Of(Adjacency factorToMembers, Adjacency memberToFactors) => new(EdgeList.From(factorToMembers), EdgeList.From(memberToFactors));

    /// <summary>The same for factors that are codes, whose members can be grouped.</summary>
    public static SemanticEdges Of(Adjacency factorToMembers, Adjacency memberToFactors, CodeTable codes, int levels) =>
        Of(factorToMembers, memberToFactors) with { Groups = new(() => MemberGroups.Of(codes, levels)) };

    /// <summary>Members by shared factors, made where a pairwise path asks for them; null where factors are no codes.</summary>
    public Lazy<MemberGroups>? Groups { get; private init; }
}
