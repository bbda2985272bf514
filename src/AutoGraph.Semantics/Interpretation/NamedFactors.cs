using AutoGraph.Core.Interpretation;
using AutoGraph.Semantics.Knowledge;

namespace AutoGraph.Semantics.Interpretation;

/// <summary>Factors with the names that a language model gave them.</summary>
/// <param name="Factors">The factors, in the order given.</param>
/// <param name="Report">What was asked, what it cost, and which factors got no name.</param>
public sealed record NamedFactors(IReadOnlyList<FactorProfile> Factors, KnowledgeReport Report);
