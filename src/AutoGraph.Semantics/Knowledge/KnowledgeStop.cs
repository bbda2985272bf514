namespace AutoGraph.Semantics.Knowledge;

/// <summary>Why a run ended before all rows were asked for.</summary>
public enum KnowledgeStop
{
    /// <summary>It did not: every row was asked for.</summary>
    None,

    /// <summary>The next call might have passed <see cref="KnowledgeGeneratorOptions.Budget"/>.</summary>
    Budget,

    /// <summary>So many calls in a row failed (<see cref="KnowledgeGeneratorOptions.CircuitThreshold"/>) that the endpoint counts as down.</summary>
    EndpointDown,
}
