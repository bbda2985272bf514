namespace AutoGraph.Experiments;

/// <summary>What a setting gave on the validation split.</summary>
/// <param name="Dataset">The data set.</param>
/// <param name="Backbone">The backbone.</param>
/// <param name="Method">The method.</param>
/// <param name="Seed">Seed of training.</param>
/// <param name="Number">Which trial, from 1.</param>
/// <param name="Setting">As options on the command line of a run.</param>
/// <param name="Ndcg">Validation NDCG@10; null where training failed.</param>
/// <param name="Gauc">Validation GAUC.</param>
/// <param name="BestEpoch">The epoch that was kept.</param>
/// <param name="Epochs">Epochs trained.</param>
/// <param name="Seconds">What it took.</param>
/// <param name="Failure">Why training failed, or null.</param>
internal sealed record SearchTrial(string Dataset, string Backbone, string Method, int Seed, int Number, string Setting, double? Ndcg, double? Gauc, int BestEpoch, int Epochs, double Seconds, string? Failure);
