using AutoGraph.Orleans.Serving;
using AutoGraph.Orleans.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace AutoGraph.Orleans.Rollouts;

/// <summary>What is kept of rollouts.</summary>
[GenerateSerializer, Alias("autograph.models.state")]
internal sealed class ModelsState
{
    /// <summary>Null before the first rollout: an object here would be filled in place by storage providers that read JSON.</summary>
    [Id(0)] public RolloutStatus? Status { get; set; }

    [Id(1)] public int Shards { get; set; }

    /// <summary>Checksums by the names of all versions there ever were: rows of users and items that are kept by a name are those of one file.</summary>
    [Id(2)] public Dictionary<string, string> Names { get; set; } = [];
}

/// <summary>Rolls a version out: all silos load it, all shards fill it, then it becomes active; the old one goes once every silo knows.</summary>
internal sealed partial class ModelsGrain([PersistentState("models", GuardedStorage.Name)] IPersistentState<ModelsState> state, IOptions<ClusterOptions> options, ILogger<ModelsGrain> logger) : Grain, IModelsGrain
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200), LongestWatch = ClusterOptions.LongestPoll;
    private readonly Dictionary<string, SiloReport> _reports = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset? _knownByAll;

    private RolloutStatus Status => state.State.Status ?? RolloutStatus.Nothing;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(StepAsync, new GrainTimerCreationOptions(Tick, Tick) { Interleave = true, KeepAlive = true });
        return Task.CompletedTask;
    }

    public async Task PublishAsync(ModelVersion version)
    {
        if (state.State.Names.GetValueOrDefault(version.Name) is { } known && known != version.Sha256)
            throw new ArgumentException($"Expected a new name for another model, found '{version.Name}', whose file had checksum {known}, not {version.Sha256}. Give the model another name.");
        if (Status.Retiring.FirstOrDefault(old => old.Name == version.Name) is { } back)
        {
            await ReturnAsync(back);
            return;
        }
        if (Status.All.Any(same => same.Name == version.Name)) return;
        if (Status.Next is { } next) throw new InvalidOperationException($"Expected no rollout under way, found that of '{next.Name}'. Wait for its end.");
        if (Status.Retiring.Count > 0) throw new InvalidOperationException($"Expected no rollout under way, found that '{Status.Retiring[0].Name}' is not released yet. Wait for its end.");
        await ChangeAsync(Status with { Next = version, Failure = null });
    }

    public Task<RolloutStatus> StatusAsync() => Task.FromResult(Status);

    public async Task<bool> IsKnownAsync(long revision) => AllKnow(await SilosAsync(CancellationToken.None), revision);

    public Task<ClusterModels> AskAsync() => Task.FromResult(new ClusterModels(Status, state.State.Shards));

    public async Task<ClusterModels> WatchAsync(SiloReport report)
    {
        _reports[report.Silo] = report;
        if (report.Revision == Status.Revision) await Task.WhenAny(_changed.Task, Task.Delay(LongestWatch));
        return await AskAsync();
    }

    private async Task StepAsync(CancellationToken cancellationToken)
    {
        if (_stepping || (Status.Next is null && Status.Retiring.Count == 0)) return;
        _stepping = true;
        try
        {
            var silos = await SilosAsync(cancellationToken);
            if (Status.Next is { } next) await PrepareAsync(next, silos);
            else await ReleaseAsync(silos);
        }
        catch (Exception error) when (error is not OperationCanceledException)  // a silo or the storage that is away: the next tick tries again
        {
            LogStep(logger, error.Message);
        }
        finally
        {
            _stepping = false;
        }
    }

    private bool _stepping, _isReleasing;

    // the latest reports of the silos that live; null of one that has not told anything yet
    private async Task<SiloReport?[]> SilosAsync(CancellationToken cancellationToken) =>
        [.. (await GrainFactory.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true, cancellationToken)).Keys.Select(silo => _reports.GetValueOrDefault(silo.ToParsableString()))];

    // a silo with another number of shards serves nothing
    private bool AllKnow(SiloReport?[] silos, long revision) => silos.All(silo => silo is not null && (silo.Revision >= revision || silo.Shards != Shards));

    private int Shards => state.State.Shards > 0 ? state.State.Shards : options.Value.Shards;

    private async Task PrepareAsync(ModelVersion next, SiloReport?[] silos)
    {
        if (silos.FirstOrDefault(silo => silo is not null && silo.Shards != Shards) is { } other)
        {
            await StopAsync(ModelHost.OtherShards(Shards, other.Shards, other.Silo));
            return;
        }
        SiloReport[] tried = [.. silos.OfType<SiloReport>().Where(silo => silo.Tried == Status.Revision)];      // others tell of an earlier rollout
        if (tried.FirstOrDefault(silo => silo.FailedVersion == next.Name) is { } failed)
        {
            await StopAsync(failed.Failure);
            return;
        }
        if (tried.Length < silos.Length || !tried.All(silo => silo.Loaded.Contains(next.Name))) return;
        try
        {
            await OnShardsAsync(shard => shard.PrepareAsync(next.Name));
        }
        catch (InvalidDataException error)
        {
            await StopAsync(error.Message);
            return;
        }
        _knownByAll = null;
        ModelVersion[] retiring = Status.Active is { } old ? [old] : [];       // an array: storage providers know no other lists of the compiler
        await ChangeAsync(Status with { Active = next, Next = null, Retiring = retiring });
        LogActive(logger, next.Name);
    }

    private async Task ReleaseAsync(SiloReport?[] silos)
    {
        if (!AllKnow(silos, Status.Revision)) return;
        _knownByAll ??= DateTimeOffset.UtcNow;
        if (DateTimeOffset.UtcNow - _knownByAll < options.Value.ReleaseAfter) return;
        _isReleasing = true;
        try
        {
            await KeepAsync(Status with { Retiring = [] });
        }
        finally
        {
            _isReleasing = false;
        }
    }

    // silos and shards have it still
    private Task ReturnAsync(ModelVersion back)
    {
        if (_isReleasing) throw new InvalidOperationException($"Expected no rollout under way, found that '{back.Name}' is being released. Publish it again in a moment.");
        _knownByAll = null;
        ModelVersion[] retiring = [Status.Active!];
        return ChangeAsync(Status with { Active = back, Retiring = retiring, Failure = null });
    }

    private Task StopAsync(string? reason) => KeepAsync(Status with { Next = null, Failure = reason });

    private async Task KeepAsync(RolloutStatus status)
    {
        // first, so that a shard that is away is asked again with the next tick
        await KeepOnShardsAsync(status);
        await ChangeAsync(status);
        // and again, for until now requests could ask shards for what they had forgotten
        await KeepOnShardsAsync(Status);
    }

    private Task KeepOnShardsAsync(RolloutStatus status)
    {
        string[] kept = [.. status.All.Select(version => version.Name)];
        return OnShardsAsync(shard => shard.KeepAsync(kept));
    }

    private Task OnShardsAsync(Func<IShardGrain, Task> call) => Task.WhenAll(Enumerable.Range(0, Shards).Select(shard => call(GrainFactory.GetGrain<IShardGrain>(shard))));

    private async Task ChangeAsync(RolloutStatus status)
    {
        // the number of shards is fixed with the first model that becomes active
        int shards = status.Active is null ? state.State.Shards : Shards;
        var names = new Dictionary<string, string>(state.State.Names);
        if (status.Next is { } next) names[next.Name] = next.Sha256;
        await state.WriteAsync(new ModelsState { Status = status with { Revision = Status.Revision + 1 }, Shards = shards, Names = names }, DeactivateOnIdle);
        _changed.TrySetResult();
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [LoggerMessage(LogLevel.Information, "The model '{Version}' is active.")]
    private static partial void LogActive(ILogger logger, string version);

    [LoggerMessage(LogLevel.Warning, "The rollout waits: {Reason}")]
    private static partial void LogStep(ILogger logger, string reason);
}
