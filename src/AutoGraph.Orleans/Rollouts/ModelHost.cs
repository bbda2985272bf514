using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.ML;
using Orleans.Runtime;

namespace AutoGraph.Orleans.Rollouts;

/// <summary>The models of a silo: one engine over the tables as fitted for each version, shared by all grains there.</summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed partial class ModelHost(IGrainFactory grains, ILocalSiloDetails silo, IOptions<ClusterOptions> options, ILogger<ModelHost> logger) : BackgroundService
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(200);
    private readonly ConcurrentDictionary<string, Lazy<Task<RecommendationEngine>>> _engines = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private volatile RolloutStatus _status = RolloutStatus.Nothing;
    private long _since = DateTimeOffset.UtcNow.UtcTicks;
    private long _asked, _heard;        // numbers of questions to the manager: the latest, and the latest before the last answer that counted

    /// <summary>What this silo knows of the cluster's models.</summary>
    internal RolloutStatus Status => _status;

    /// <summary>Since when it is that.</summary>
    internal DateTimeOffset Since => new(Interlocked.Read(ref _since), TimeSpan.Zero);

    /// <summary>Why this silo serves nothing; null where it serves.</summary>
    internal string? Refusal { get; private set; }

    /// <summary>Whether the cluster serves a version, or loads it, as far as this silo knows: one that went does not come back unless it is published again.</summary>
    internal bool Serves(string version) => _status.All.Any(known => known.Name == version);

    /// <summary>The version of a request: chosen once, then carried by every call.</summary>
    /// <param name="pinned">The version that the client wants, or null.</param>
    /// <exception cref="InvalidDataException">It is not served.</exception>
    /// <exception cref="InvalidOperationException">No model is active yet, or the silo does not serve.</exception>
    internal async Task<(ModelVersion Version, RecommendationEngine Engine)> ChooseAsync(string? pinned)
    {
        if (_status.Active is null || (pinned is not null && !Serves(pinned))) await RefreshAsync();
        if (Refusal is { } refusal) throw new InvalidOperationException(refusal);
        var status = _status;
        var version = pinned is null ? status.Active : status.All.FirstOrDefault(version => version.Name == pinned && version != status.Next);
        if (version is null)
            throw pinned is null ? new InvalidOperationException("Expected an active model, found none in the cluster. Publish one and wait for its rollout.") : NotServed(pinned, status);
        return (version, await EngineAsync(version));
    }

    /// <summary>The engine of a version that the cluster knows.</summary>
    internal async Task<(ModelVersion Version, RecommendationEngine Engine)> KnownAsync(string name)
    {
        if (!Serves(name)) await RefreshAsync();
        if (Refusal is { } refusal) throw new InvalidOperationException(refusal);
        var version = _status.All.FirstOrDefault(version => version.Name == name) ?? throw NotServed(name, _status);
        return (version, await EngineAsync(version));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (tried, failure, isNews) = (RolloutStatus.Nothing, ((string Version, string Reason)?)null, false);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                string[] loaded = [.. _engines.Where(engine => engine.Value.Value.IsCompletedSuccessfully).Select(engine => engine.Key)];
                var report = new SiloReport(silo.SiloAddress.ToParsableString(), isNews ? -1 : tried.Revision, loaded, options.Value.Shards, failure?.Version, failure?.Reason, tried.Revision);
                var seen = await LearnAsync(manager => manager.WatchAsync(report));
                if (Refusal is not null) break;
                foreach (string gone in _engines.Keys.Except(seen.All.Select(version => version.Name))) Unload(gone);
                if (seen.Next is { } next && seen.Revision != tried.Revision) Unload(next.Name);     // a rollout that is begun again reads the file again
                (tried, failure) = (seen, null);
                foreach (var version in seen.All)
                    try
                    {
                        await EngineAsync(version);
                    }
                    catch (Exception error) when (!stoppingToken.IsCancellationRequested)  // Prepare and its services throw what they like
                    {
                        failure = (version.Name, $"{silo.SiloAddress}: {error.Message}");
                        LogFailure(logger, version.Name, error);
                    }
                isNews = seen.All.Any(version => !loaded.Contains(version.Name)) || seen.Revision != report.Tried;        // told with the next watch, at once
                if (isNews && failure is not null) await Task.Delay(Retry, stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)  // the silo is starting, or the manager's silo died
            {
                LogWait(logger, error.Message);
                await Task.Delay(Retry, stoppingToken);
            }
        }
        if (Refusal is not { } refusal) return;
        LogRefusal(logger, refusal);
        // ends the host, unless it is told otherwise: shards that are placed here would answer nothing
        throw new InvalidOperationException(refusal);
    }

    /// <summary>Whether a version does without a row that it could not make: for good where it refuses the row; for want of a service only once it serves, for then an answer counts more.</summary>
    internal bool MayDrop(string version, Exception error) => error is ArgumentException or NotSupportedException || (error is InvalidOperationException && _status.Next?.Name != version);

    private static InvalidDataException NotServed(string name, RolloutStatus status) => new(
        $"Expected a request for the model {(status.Active is { } active ? $"'{active.Name}'" : "that will be published")}, which the cluster serves, found one for '{name}': it belongs to another model. Ask again without a version, or with one that is served.");

    /// <summary>Asks what the cluster serves by now.</summary>
    internal Task RefreshAsync() => LearnAsync(manager => manager.AskAsync());

    internal static string OtherShards(int expected, int found, string silo) =>
        $"Expected {nameof(ClusterOptions.Shards)} = {expected} on every silo, as when the first model was published, found {found} on {silo}. Set it to {expected} there and start it again.";

    // an answer that a later one overtook counts only if it was asked for after that one came: then the manager has begun anew
    private async Task<RolloutStatus> LearnAsync(Func<IModelsGrain, Task<ClusterModels>> ask)
    {
        long number = Interlocked.Increment(ref _asked);
        var (status, shards) = await ask(grains.GetGrain<IModelsGrain>(0));
        lock (_gate)
        {
            if (status.Revision < _status.Revision && number <= _heard) return _status;
            int own = options.Value.Shards;
            Refusal = shards > 0 && shards != own ? OtherShards(shards, own, silo.SiloAddress.ToParsableString()) : null;
            if (status.Revision != _status.Revision) Interlocked.Exchange(ref _since, DateTimeOffset.UtcNow.UtcTicks);
            (_status, _heard) = (status, Interlocked.Read(ref _asked));
            return status;
        }
    }

    private Task<RecommendationEngine> EngineAsync(ModelVersion version) => _engines.GetOrAdd(version.Name, _ => new(() => Task.Run(() => Load(version)))).Value;

    private RecommendationEngine Load(ModelVersion version)
    {
        try
        {
            var model = Load(version.Path, version.Sha256, options.Value.Prepare, out var autoGraph);
            return autoGraph.CreateEngine(model, options: new() { Factors = options.Value.Factors });
        }
        catch
        {
            Unload(version.Name);           // the next who asks tries again
            throw;
        }
    }

    private void Unload(string name)
    {
        if (_engines.TryRemove(name, out var engine) && engine.IsValueCreated && engine.Value.IsCompletedSuccessfully) engine.Value.Result.Dispose();
    }

    /// <summary>A model as it was published, made ready.</summary>
    /// <exception cref="InvalidDataException">The file is another one, or damaged.</exception>
    internal static ITransformer Load(string path, string sha256, Func<AutoGraphCatalog, ITransformer, ITransformer>? prepare, out AutoGraphCatalog autoGraph)
    {
        string found = HashOf(path);
        if (found != sha256) throw new InvalidDataException($"Expected checksum {sha256} of '{path}', as published, found {found}: the file is another one or damaged. Copy it again.");
        autoGraph = new MLContext().AutoGraph();
        var model = autoGraph.Load(path, out _);
        return prepare is null ? model : prepare(autoGraph, model);
    }

    /// <summary>SHA-256 of a file, lowercase hexadecimal.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    internal static string HashOf(string path)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"Expected a saved model at '{path}', found none.", path);
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    [LoggerMessage(LogLevel.Error, "The model '{Version}' cannot be loaded.")]
    private static partial void LogFailure(ILogger logger, string version, Exception error);

    [LoggerMessage(LogLevel.Error, "This silo serves nothing: {Reason}")]
    private static partial void LogRefusal(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Debug, "Models are not known yet: {Reason}")]
    private static partial void LogWait(ILogger logger, string reason);
}
