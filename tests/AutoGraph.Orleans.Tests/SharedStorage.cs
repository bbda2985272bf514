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
    private volatile HeldWrites? _held;

    internal enum Failure { None, BeforeWriting, AfterWriting }

    /// <summary>How the next writes fail.</summary>
    internal Failure Fails { get; set; }

    /// <summary>The state whose writes fail; null: all.</summary>
    internal string? FailsAt { get; set; }

    /// <summary>Writes that failed.</summary>
    internal int Failures => _failures;

    /// <summary>Holds the next write of a state, and those after it.</summary>
    internal HeldWrites Hold(string stateName) => _held = new(stateName, 0, int.MaxValue);

    /// <summary>Holds one write of a state, and lets others pass: so many before it, and those after it.</summary>
    internal HeldWrites HoldOne(string stateName, int after = 0) => _held = new(stateName, after, 1);

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

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (_held is { } held) await held.PassAsync(stateName);
        bool isAway = FailsAt is null || FailsAt == stateName;
        if (isAway && Fails == Failure.BeforeWriting) throw Failed();
        lock (_gate)
        {
            string? there = _rows.TryGetValue((stateName, grainId), out var row) ? row.ETag : null;
            if (there != grainState.ETag) throw new InconsistentStateException($"{grainId}: there is {there}", there ?? "", grainState.ETag ?? "");
            string etag = Guid.NewGuid().ToString("N");
            _rows[(stateName, grainId)] = (etag, Serializer.Serialize(grainState.State).ToArray());
            if (isAway && Fails == Failure.AfterWriting) throw Failed();
            (grainState.RecordExists, grainState.ETag) = (true, etag);
        }
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

    /// <summary>Writes that wait until they are let go.</summary>
    internal sealed class HeldWrites(string stateName, int after, int most)
    {
        private int _count;
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously), _letGo = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Completes when a write waits.</summary>
        internal Task Reached => _reached.Task;

        internal void LetGo() => _letGo.TrySetResult();

        internal Task PassAsync(string name)
        {
            if (name != stateName || Interlocked.Increment(ref _count) - after is not (> 0 and var number) || number > most) return Task.CompletedTask;
            _reached.TrySetResult();
            return _letGo.Task;
        }
    }
}
