using AutoGraph.Orleans.Jobs;

namespace AutoGraph.Orleans;

/// <summary>Jobs over Parquet partitions that all silos work on: they go on where they stopped, whatever was lost meanwhile.</summary>
/// <remarks>
/// Safe for concurrent use. Each output file is written under a temporary name, flushed and moved, then recorded in grain storage: it is whole or not there. A lost silo costs the partitions
/// that it worked on, which another one begins anew after ten seconds. Partitions should take minutes and number some thousands at most, for each one that is done writes the list of all.
/// </remarks>
public sealed class JobCluster
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);
    private readonly IGrainFactory _grains;

    /// <summary>Creates one; usually the container does (<see cref="ClusterHosting"/>).</summary>
    /// <param name="grains">The client of the cluster, or a silo's grain factory.</param>
    public JobCluster(IGrainFactory grains)
    {
        ArgumentNullException.ThrowIfNull(grains);
        _grains = grains;
    }

    /// <summary>Begins a job, or lets the job of this name go on: what is done stays, what failed is tried again. It needs nobody who waits for it.</summary>
    /// <param name="name">A name that no other job had, such as "recommend 2026-11-25".</param>
    /// <param name="job">The job; for a known name the same as before.</param>
    /// <returns>Completes when the grain storage has the job.</returns>
    /// <exception cref="ArgumentException">A setting is out of range, the name is that of another job or of other files, or the output has files of the same names.</exception>
    /// <exception cref="FileNotFoundException">There is no model, or no partition in the input.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no input.</exception>
    /// <exception cref="InvalidDataException">The cluster does not serve the version of a <see cref="RecommendJob"/>.</exception>
    /// <exception cref="InvalidOperationException">No model is active yet, of a <see cref="RecommendJob"/>.</exception>
    /// <exception cref="IOException">The grain storage did not take it, or did not say: start it again.</exception>
    public async Task StartAsync(string name, ClusterJob job)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(job);
        var (definition, partitions) = await Task.Run(() => Read(job)).ConfigureAwait(false);
        await Job(name).StartAsync(definition, partitions).ConfigureAwait(false);
    }

    /// <summary>Starts a job and waits for its end, through the loss of silos and storage.</summary>
    /// <param name="name">A name that no other job had.</param>
    /// <param name="job">The job.</param>
    /// <param name="progress">Hears how far it is.</param>
    /// <param name="cancellationToken">Ends the wait, not the job; see <see cref="StopAsync"/>.</param>
    /// <returns>Its last status: completed, failed or stopped.</returns>
    /// <inheritdoc cref="StartAsync" path="/exception"/>
    public async Task<JobStatus> RunAsync(string name, ClusterJob job, IProgress<JobStatus>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(job);
        var (definition, partitions) = await Task.Run(() => Read(job), cancellationToken).ConfigureAwait(false);
        for (bool isStarted = false; ; await Task.Delay(Poll, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                if (!isStarted) await Job(name).StartAsync(definition, partitions).WaitAsync(cancellationToken).ConfigureAwait(false);
                isStarted = true;
                var status = await Job(name).StatusAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
                progress?.Report(status);
                if (status.State != JobState.Running) return status;
            }
            catch (Exception error) when (ClusterFaults.IsPassing(error, cancellationToken))
            {
                // asked again
            }
        }
    }

    /// <summary>How far a job is.</summary>
    /// <exception cref="KeyNotFoundException">No job of this name was started.</exception>
    public Task<JobStatus> StatusAsync(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return Job(name).StatusAsync();
    }

    /// <summary>Stops a job; partitions under way are left within seconds, those done stay. <see cref="StartAsync"/> lets it go on.</summary>
    /// <exception cref="KeyNotFoundException">No job of this name was started.</exception>
    public Task StopAsync(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return Job(name).StopAsync();
    }

    private IJobGrain Job(string name) => _grains.GetGrain<IJobGrain>(name);

    private static (JobDefinition Definition, JobPartition[] Partitions) Read(ClusterJob job)
    {
        var definition = job.Define();
        if (!Directory.Exists(definition.Input)) throw new DirectoryNotFoundException($"Expected a folder of Parquet files at '{definition.Input}', found none.");
        JobPartition[] partitions = [.. Directory.EnumerateFiles(definition.Input, "*.parquet").Order(StringComparer.Ordinal).Select(JobPartition.Of)];
        if (partitions.Length == 0) throw new FileNotFoundException($"Expected files *.parquet in '{definition.Input}', found none.", definition.Input);
        return (definition, partitions);
    }
}
