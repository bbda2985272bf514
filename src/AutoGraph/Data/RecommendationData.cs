using Microsoft.ML;

namespace AutoGraph;

/// <summary>A data set as three views.</summary>
/// <param name="Name">Name for reports; says so where the data are simulated.</param>
/// <param name="Interactions">Positives: UserId, ItemId (text), Timestamp.</param>
/// <param name="Users">One row per user with a positive: UserId and attributes.</param>
/// <param name="Items">One row per item with a positive: ItemId, Title, attributes and Knowledge.</param>
public sealed record RecommendationData(string Name, IDataView Interactions, IDataView Users, IDataView Items);
