namespace AutoGraph.Orleans;

/// <summary>What a cluster recommends.</summary>
/// <param name="Version">The model that answered; one for the whole answer.</param>
/// <param name="Items">The best items, as the engine gives them.</param>
public sealed record ClusterAnswer(string Version, IReadOnlyList<Recommendation> Items);
