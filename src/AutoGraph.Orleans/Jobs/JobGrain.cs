using AutoGraph.Orleans.Rollouts;
using AutoGraph.Orleans.Storage;
using Orleans.Runtime;
using Orleans.Serialization;

namespace AutoGraph.Orleans.Jobs;

/// <summary>What is kept of a job.</summary>
[GenerateSerializer, Alias("autograph.job.state")]
internal sealed record JobRecord
{
    /// <summary>The job as it was asked for; null before it began.</summary>
    [Id(0)] public JobDefinition? Definition { get; init; }

    /// <summary>The model that answers; null where a model file transforms.</summary>
    [Id(1)] public string? Version { get; init; }

    [Id(2)] public JobPartition[] Partitions { get; init; } = [];

    /// <summary>Rows of the output by partition; -1 where it is not there.</summary>
    [Id(3)] public long[] Rows { get; init; } = [];

    /// <summary>Why a partition could not be done; null where it was not tried to the end, or is done.</summary>
    [Id(4)] public string?[] Reasons { get; init; } = [];

    [Id(5)] public bool IsStopped { get; init; }

    internal bool IsOpen(int partition) => Rows[partition] < 0 && Reasons[partition] is null;

    internal bool IsEnded => IsStopped || !Enumerable.Range(0, Partitions.Length).Any(IsOpen);
}

/// <summary>
/// Gives partitions to workers who ask. A partition is done when the storage says so, which is after its file is there; who works on which is known in memory alone, so that of a
/// lost grain or a lost worker at most some partitions are done twice, to the same file.
/// </summary>
internal sealed class JobGrain([PersistentState("job", GuardedStorage.Name)] IPersistentState<JobRecord> state, ModelHost models, Serializer<JobDefinition> serializer) : Grain, IJobGrain
{
    /// <summary>For how long a partition is a worker's who is not heard of.</summary>
    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    private readonly Dictionary<int, (Guid Worker, DateTimeOffset Until)> _leases = [];

    private JobRecord Job => state.State;

    private string Name => this.GetPrimaryKeyString();

    public async Task StartAsync(JobDefinition definition, JobPartition[] partitions)
    {
        if (Job.Definition is not { } known)
        {
            string? taken = await Task.Run(() => partitions.Select(partition => Path.Combine(definition.Output, partition.File)).FirstOrDefault(File.Exists));
            if (taken is not null) throw new ArgumentException($"Expected no file of the name of a partition in the output of a new job, found '{taken}'. Choose another folder, or delete it.");
            await WriteAsync(new()
            {
                Definition = definition,
                Version = definition.Request is { } request ? await VersionAsync(request.Version) : null,
                Partitions = partitions,
                Rows = [.. partitions.Select(_ => -1L)],
                Reasons = new string?[partitions.Length],
            });
        }
        else
        {
            if (!serializer.SerializeToArray(known).AsSpan().SequenceEqual(serializer.SerializeToArray(definition)))
                throw new ArgumentException($"Expected the job '{Name}' as it was started first, found another one: '{definition.Input}' to '{definition.Output}', where it was '{known.Input}' to '{known.Output}', or with other settings. Give another job another name.");
            if (!partitions.AsSpan().SequenceEqual(Job.Partitions))
                throw new ArgumentException($"Expected the files of '{known.Input}' as they were when the job '{Name}' began, found others. Give the job over the new files another name and another output.");
            // an output that was deleted since is made again
            bool[] isThere = await Task.Run(() => partitions.Select(partition => File.Exists(Path.Combine(known.Output, partition.File))).ToArray());
            long[] rows = [.. Job.Rows.Zip(isThere, (count, there) => there ? count : -1)];
            if (Job.IsStopped || Job.Reasons.Any(reason => reason is not null) || !rows.AsSpan().SequenceEqual(Job.Rows))
                await WriteAsync(Job with { IsStopped = false, Reasons = new string?[partitions.Length], Rows = rows });
        }
        if (!Job.IsEnded) await Jobs.AddAsync(Name);
    }

    public async Task<JobTask?> TakeAsync(Guid worker)
    {
        if (Job.Definition is not { } definition || Job.IsEnded)
        {
            await Jobs.RemoveAsync(Name);
            return null;
        }
        var now = DateTimeOffset.UtcNow;
        for (int number = 0; number < Job.Partitions.Length; number++)
        {
            if (!Job.IsOpen(number) || (_leases.TryGetValue(number, out var lease) && lease.Until > now)) continue;
            _leases[number] = (worker, now + Lease);
            return new(definition with { Request = definition.Request is { } request ? request with { Version = Job.Version } : null }, number, Job.Partitions[number]);
        }
        return null;
    }

    public Task<bool> RenewAsync(Guid worker, int partition)
    {
        bool isOthers = _leases.TryGetValue(partition, out var lease) && lease.Worker != worker && lease.Until > DateTimeOffset.UtcNow;
        if (Job.Definition is null || Job.IsStopped || !Job.IsOpen(partition) || isOthers) return Task.FromResult(false);
        _leases[partition] = (worker, DateTimeOffset.UtcNow + Lease);
        return Task.FromResult(true);
    }

    public Task DoneAsync(Guid worker, int partition, long rows) => EndAsync(worker, partition, job => job with { Rows = With(job.Rows, partition, rows), Reasons = With(job.Reasons, partition, null) });

    public Task FailedAsync(Guid worker, int partition, string reason) => EndAsync(worker, partition, job => job with { Reasons = With(job.Reasons, partition, reason) });

    public Task LeaveAsync(Guid worker, int partition)
    {
        if (_leases.TryGetValue(partition, out var lease) && lease.Worker == worker) _leases.Remove(partition);
        return Task.CompletedTask;
    }

    public async Task StopAsync()
    {
        Check();
        if (!Job.IsEnded) await WriteAsync(Job with { IsStopped = true });
        await Jobs.RemoveAsync(Name);
    }

    public Task<JobStatus> StatusAsync()
    {
        Check();
        var kind = Enumerable.Range(0, Job.Partitions.Length).Any(Job.IsOpen) ? Job.IsStopped ? JobState.Stopped : JobState.Running
            : Job.Reasons.Any(reason => reason is not null) ? JobState.Failed : JobState.Completed;
        PartitionFailure[] failures = [.. Job.Partitions.Zip(Job.Reasons).Where(pair => pair.Second is not null).Select(pair => new PartitionFailure(pair.First.File, pair.Second!))];
        return Task.FromResult(new JobStatus(kind, Job.Partitions.Length, Job.Rows.Count(rows => rows >= 0), Job.Rows.Where(rows => rows >= 0).Sum(), failures, Job.Version));
    }

    private IJobsGrain Jobs => GrainFactory.GetGrain<IJobsGrain>(0);

    private async Task EndAsync(Guid worker, int partition, Func<JobRecord, JobRecord> end)
    {
        Check();
        if (Job.Rows[partition] < 0) await WriteAsync(end(Job));        // done by another one: the same file is there
        await LeaveAsync(worker, partition);
    }

    private Task WriteAsync(JobRecord job) => state.WriteAsync(job, DeactivateOnIdle);

    private async Task<string> VersionAsync(string? wanted) => (await models.ChooseAsync(wanted)).Version.Name;

    private void Check()
    {
        if (Job.Definition is null) throw new KeyNotFoundException($"Expected a job that was started, found none of the name '{Name}'.");
    }

    private static T[] With<T>(T[] values, int place, T value)
    {
        T[] copy = [.. values];
        copy[place] = value;
        return copy;
    }
}
