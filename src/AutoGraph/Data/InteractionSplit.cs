using Microsoft.ML;

namespace AutoGraph;

/// <summary>Interactions divided for training, early stopping and testing; lazy views that keep the order of the rows.</summary>
/// <param name="Train">Training rows, with the original columns.</param>
/// <param name="Validation">With a <c>History</c> column; of <see cref="DataOperations.LeaveOneOut"/> at most one row per user.</param>
/// <param name="Test">With a <c>History</c> column; of <see cref="DataOperations.LeaveOneOut"/> at most one row per user.</param>
public sealed record InteractionSplit(IDataView Train, IDataView Validation, IDataView Test);
