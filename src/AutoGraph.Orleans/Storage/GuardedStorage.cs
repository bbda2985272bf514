using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Storage;

namespace AutoGraph.Orleans.Storage;

/// <summary>The grain storage that the host configured; faults of its provider, whose types clients and other silos need not have, become an <see cref="IOException"/>.</summary>
internal sealed partial class GuardedStorage(IGrainStorage storage, ILogger<GuardedStorage> logger) : IGrainStorage
{
    /// <summary>What grains ask for.</summary>
    internal const string Name = ClusterOptions.StorageName + ".Guarded";

    internal static GuardedStorage Of(IServiceProvider services) =>
        new(services.GetRequiredKeyedService<IGrainStorage>(ClusterOptions.StorageName), services.GetRequiredService<ILogger<GuardedStorage>>());

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => GuardAsync(storage.ReadStateAsync(stateName, grainId, grainState));

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => GuardAsync(storage.WriteStateAsync(stateName, grainId, grainState));

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => GuardAsync(storage.ClearStateAsync(stateName, grainId, grainState));

    private async Task GuardAsync(Task call)
    {
        try
        {
            await call;
        }
        catch (Exception error) when (error is not InconsistentStateException)  // of any provider
        {
            LogFailure(logger, error);
            throw new IOException($"The grain storage failed: {error.Message}");
        }
    }

    [LoggerMessage(LogLevel.Error, "The grain storage failed.")]
    private static partial void LogFailure(ILogger logger, Exception error);
}
