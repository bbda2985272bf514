using Orleans.Concurrency;

namespace AutoGraph.Orleans.Jobs;

/// <summary>Names of the jobs that are not at their end.</summary>
[Alias("autograph.jobs.grain")]
internal interface IJobsGrain : IGrainWithIntegerKey
{
    [Alias("add")] Task AddAsync(string name);

    [Alias("remove")] Task RemoveAsync(string name);

    /// <summary>The names; answers when there are any, or after a while.</summary>
    [Alias("watch"), AlwaysInterleave] Task<string[]> WatchAsync();
}

/// <summary>One job: which partitions are done, and who works on the others.</summary>
[Alias("autograph.job.grain")]
internal interface IJobGrain : IGrainWithStringKey
{
    /// <summary>Begins a job, or lets it go on.</summary>
    /// <exception cref="ArgumentException">The job of this name is another one.</exception>
    [Alias("start")] Task StartAsync(JobDefinition definition, JobPartition[] partitions);

    /// <summary>A partition for a worker who holds no other; null where there is none to do now.</summary>
    [Alias("take")] Task<JobTask?> TakeAsync(Guid worker);

    /// <summary>Tells that a worker still works on a partition.</summary>
    /// <returns>Whether it should go on.</returns>
    [Alias("renew"), AlwaysInterleave] Task<bool> RenewAsync(Guid worker, int partition);

    /// <summary>The output of a partition is there; returns when the storage knows.</summary>
    [Alias("done")] Task DoneAsync(Guid worker, int partition, long rows);

    /// <summary>A partition cannot be done; returns when the storage knows.</summary>
    [Alias("failed")] Task FailedAsync(Guid worker, int partition, string reason);

    /// <summary>Another worker may have the partition.</summary>
    [Alias("leave")] Task LeaveAsync(Guid worker, int partition);

    [Alias("stop")] Task StopAsync();

    /// <exception cref="KeyNotFoundException">There is no such job.</exception>
    [Alias("status")] Task<JobStatus> StatusAsync();
}

/// <summary>What a worker does.</summary>
/// <param name="Definition">The job; a request carries its version.</param>
/// <param name="Number">Number of the partition.</param>
/// <param name="Partition">The file.</param>
[GenerateSerializer, Immutable, Alias("autograph.job.task")]
internal sealed record JobTask([property: Id(0)] JobDefinition Definition, [property: Id(1)] int Number, [property: Id(2)] JobPartition Partition);
