namespace AutoGraph.Torch.Recommendation;

/// <summary>One epoch of a learning curve.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Loss">Mean training loss.</param>
/// <param name="ValidationNdcg">Validation NDCG@10 (all items, seen kept), or null without early stopping.</param>
/// <param name="Seconds">Time of the epoch's training steps.</param>
/// <param name="LearningRate">Learning rate of the epoch's last step.</param>
public sealed record EpochReport(int Epoch, double Loss, double? ValidationNdcg, double Seconds, double LearningRate);

/// <summary>What training did.</summary>
/// <param name="Epochs">The learning curve; empty for a loaded model.</param>
/// <param name="BestEpoch">The epoch whose weights were kept.</param>
/// <param name="Samples">Training samples.</param>
public sealed record TrainingReport(IReadOnlyList<EpochReport> Epochs, int BestEpoch, int Samples);
