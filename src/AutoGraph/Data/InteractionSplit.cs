using Microsoft.ML;

namespace AutoGraph;

/// <summary>Interactions divided for training, early stopping and testing; lazy views that keep the order of the rows.</summary>
/// <param name="Train">Training rows, with the original columns.</param>
/// <param name="Validation">At most one row per user, with a <c>History</c> column.</param>
/// <param name="Test">At most one row per user, with a <c>History</c> column.</param>
public sealed record InteractionSplit(IDataView Train, IDataView Validation, IDataView Test);
