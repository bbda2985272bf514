namespace AutoGraph.Torch.Training;

/// <summary>Where a fit stands, sent after each epoch.</summary>
/// <param name="Stage">What is being fitted, such as "recommender".</param>
/// <param name="Epoch">Epochs done, from 1.</param>
/// <param name="Epochs">Epochs at most.</param>
/// <param name="Loss">Mean training loss of the epoch.</param>
/// <param name="Validation">Validation figure of the epoch (recommender: NDCG@10), or null.</param>
/// <param name="Elapsed">Time since the fit began.</param>
public sealed record TrainingProgress(string Stage, int Epoch, int Epochs, double Loss, double? Validation, TimeSpan Elapsed);
