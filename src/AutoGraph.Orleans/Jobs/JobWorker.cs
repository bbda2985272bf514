using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AutoGraph.Orleans.Jobs;

/// <summary>Takes partitions of all jobs, <see cref="ClusterOptions.PartitionsAtATime"/> at a time on this silo, and does them.</summary>
internal sealed partial class JobWorker(IGrainFactory grains, PartitionWork work, IOptions<ClusterOptions> options, ILogger<JobWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(200), RenewEvery = JobGrain.Lease / 5;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, options.Value.PartitionsAtATime).Select(_ => Task.Run(() => WorkAsync(stoppingToken), stoppingToken)));

    private async Task WorkAsync(CancellationToken stop)
    {
        var worker = Guid.NewGuid();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                bool found = false;
                string[] names = await grains.GetGrain<IJobsGrain>(0).WatchAsync().WaitAsync(stop);
                foreach (string name in names) found |= await DoOneAsync(name, worker, stop);
                if (names.Length == 0) work.Forget();
                if (names.Length > 0 && !found) await Task.Delay(Retry, stop);      // others hold what is left
            }
            catch (Exception error) when (!stop.IsCancellationRequested)    // the silo is starting, or a silo or the storage is away
            {
                LogWait(logger, error.Message);
                await Task.Delay(Retry, stop);
            }
        }
    }

    private async Task<bool> DoOneAsync(string name, Guid worker, CancellationToken stop)
    {
        var job = grains.GetGrain<IJobGrain>(name);
        if (await job.TakeAsync(worker).WaitAsync(stop) is not { } task) return false;
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var renewing = RenewAsync(job, worker, task.Number, leave);
        try
        {
            var (rows, reason) = await DoAsync(name, task, leave.Token);
            await TellAsync(() => reason is null ? job.DoneAsync(worker, task.Number, rows) : job.FailedAsync(worker, task.Number, reason), leave.Token);
        }
        catch (OperationCanceledException) when (leave.IsCancellationRequested)
        {
            job.LeaveAsync(worker, task.Number).Ignore();
        }
        finally
        {
            await leave.CancelAsync();
            await renewing;
        }
        return true;
    }

    /// <returns>Rows of the output, or why there is none.</returns>
    private async Task<(long Rows, string? Reason)> DoAsync(string name, JobTask task, CancellationToken stop)
    {
        try
        {
            using var running = ClusterTelemetry.Partition(task.Definition.Model is null ? "recommend" : "transform");
            return (await work.DoAsync(task, stop), null);
        }
        catch (Exception error) when (error is not OperationCanceledException || !stop.IsCancellationRequested)     // of a model, a file or a row, whatever it is: it is told, and the other partitions go on
        {
            LogFailure(logger, name, task.Partition.File, error);
            return (0, error.Message);
        }
    }

    // the work is done: it is not given up because somebody is away for a while
    private async Task TellAsync(Func<Task> tell, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await tell().WaitAsync(stop);
                return;
            }
            catch (Exception error) when (ClusterFaults.IsPassing(error, stop))
            {
                LogWait(logger, error.Message);
                await Task.Delay(Retry, stop);
            }
        }
    }

    // ends the work where the job was stopped or another worker has the partition
    private async Task RenewAsync(IJobGrain job, Guid worker, int partition, CancellationTokenSource leave)
    {
        while (!leave.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(RenewEvery, leave.Token);
                if (!await job.RenewAsync(worker, partition).WaitAsync(leave.Token)) await leave.CancelAsync();
            }
            catch (OperationCanceledException) when (leave.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (ClusterFaults.IsPassing(error, leave.Token))
            {
                LogWait(logger, error.Message);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "The job '{Name}' cannot do '{File}'.")]
    private static partial void LogFailure(ILogger logger, string name, string file, Exception error);

    [LoggerMessage(LogLevel.Debug, "Work on jobs waits: {Reason}")]
    private static partial void LogWait(ILogger logger, string reason);
}
