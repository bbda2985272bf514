using AutoGraph.Orleans.Storage;
using Orleans.Runtime;

namespace AutoGraph.Orleans.Jobs;

[GenerateSerializer, Alias("autograph.jobs.state")]
internal sealed class JobsState
{
    [Id(0)] public string[] Names { get; set; } = [];
}

/// <summary>One for the cluster: workers ask it where there is work.</summary>
internal sealed class JobsGrain([PersistentState("jobs", GuardedStorage.Name)] IPersistentState<JobsState> state) : Grain, IJobsGrain
{
    private TaskCompletionSource _added = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task AddAsync(string name)
    {
        if (state.State.Names.Contains(name)) return;
        await state.WriteAsync(new JobsState { Names = [.. state.State.Names, name] }, DeactivateOnIdle);
        _added.TrySetResult();
        _added = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public async Task RemoveAsync(string name)
    {
        if (state.State.Names.Contains(name)) await state.WriteAsync(new JobsState { Names = [.. state.State.Names.Where(other => other != name)] }, DeactivateOnIdle);
    }

    public async Task<string[]> WatchAsync()
    {
        if (state.State.Names.Length == 0) await Task.WhenAny(_added.Task, Task.Delay(ClusterOptions.LongestPoll));
        return state.State.Names;
    }
}
