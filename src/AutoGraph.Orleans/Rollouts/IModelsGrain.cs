using Orleans.Concurrency;

namespace AutoGraph.Orleans.Rollouts;

/// <summary>The one place that knows which model version is active.</summary>
[Alias("autograph.models.grain")]
internal interface IModelsGrain : IGrainWithIntegerKey
{
    /// <summary>Begins a rollout.</summary>
    [Alias("publish")] Task PublishAsync(ModelVersion version);

    [Alias("status"), AlwaysInterleave] Task<RolloutStatus> StatusAsync();

    /// <summary>Whether every silo has told that it works by that revision, or a later one.</summary>
    [Alias("known"), AlwaysInterleave] Task<bool> IsKnownAsync(long revision);

    /// <summary>What silos work by.</summary>
    [Alias("ask"), AlwaysInterleave] Task<ClusterModels> AskAsync();

    /// <summary>Tells what a silo has; answers when there is something that it does not know, or after a while.</summary>
    [Alias("watch"), AlwaysInterleave] Task<ClusterModels> WatchAsync(SiloReport report);
}
