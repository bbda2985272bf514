using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;

namespace AutoGraph.Orleans.Tests;

/// <summary>Grain storage outside the silos, as a database is: it outlives them, tells writers apart, and can fail.</summary>
internal sealed class SharedStorage : IGrainStorage
{
    private static readonly ConcurrentDictionary<string, SharedStorage> Clusters = new();
    private readonly ConcurrentDictionary<(string, GrainId), (string ETag, byte[] Content)> _rows = new();
    private readonly Lock _gate = new();
    private int _failures;

    internal enum Failure { None, BeforeWriting, AfterWriting }

    /// <summary>How the next writes fail.</summary>
    internal Failure Fails { get; set; }

    /// <summary>Writes that failed.</summary>
    internal int Failures => _failures;

    // how the ADO.NET providers write
    private JsonGrainStorageSerializer Serializer { get; set; } = null!;

    internal static SharedStorage Of(string cluster) => Clusters.GetOrAdd(cluster, _ => new());

    /// <summary>The silos that it served are gone; others come.</summary>
    internal void Reopen() => Serializer = null!;

    internal static SharedStorage Of(IServiceProvider services)
    {
        var storage = Of(services.GetRequiredService<Microsoft.Extensions.Options.IOptions<global::Orleans.Configuration.ClusterOptions>>().Value.ServiceId);
        storage.Serializer ??= new(services.GetRequiredService<OrleansJsonSerializer>());
        return storage;
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        bool exists = _rows.TryGetValue((stateName, grainId), out var row);
        (grainState.RecordExists, grainState.ETag, grainState.State) = (exists, exists ? row.ETag : null!, exists ? Serializer.Deserialize<T>(new BinaryData(row.Content)) : Activator.CreateInstance<T>());
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (Fails == Failure.BeforeWriting) throw Failed();
        lock (_gate)
        {
            string? there = _rows.TryGetValue((stateName, grainId), out var row) ? row.ETag : null;
            if (there != grainState.ETag) throw new InconsistentStateException($"{grainId}: there is {there}", there ?? "", grainState.ETag ?? "");
            string etag = Guid.NewGuid().ToString("N");
            _rows[(stateName, grainId)] = (etag, Serializer.Serialize(grainState.State).ToArray());
            if (Fails == Failure.AfterWriting) throw Failed();
            (grainState.RecordExists, grainState.ETag) = (true, etag);
        }
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        _rows.TryRemove((stateName, grainId), out _);
        (grainState.RecordExists, grainState.ETag) = (false, null!);
        return Task.CompletedTask;
    }

    private TimeoutException Failed()
    {
        Interlocked.Increment(ref _failures);
        return new("the database is away");
    }
}
