using AutoGraph.Orleans.Rollouts;
using AutoGraph.Orleans.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;

namespace AutoGraph.Orleans.Serving;

/// <summary>Holds its part of the items for each version that is served, and keeps those that joined or changed in a log.</summary>
[Reentrant]
internal sealed class ShardGrain(ModelHost models, ShardCalls shards, IOptions<ClusterOptions> options, IServiceProvider services, Serializer<List<ItemRecord>> serializer) : Grain, IShardGrain, IDisposable
{
    private const int CompactAfter = 256, UsersAtATime = 256, RecordsPerRow = 256, LargeSlice = 20_000;
    private readonly Dictionary<string, ItemRecord> _records = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Task<ShardTables>> _filling = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ShardTables> _tables = new(StringComparer.Ordinal);       // those being filled included
    private readonly SemaphoreSlim _writing = new(1);
    private readonly List<Waiting> _waiting = [];
    private readonly List<ItemRecord> _made = [];       // with rows that are not in the log yet
    private TaskCompletionSource _filled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private GrainLog _log = null!;

    /// <param name="Record">What is to be written.</param>
    /// <param name="Tables">The version that was asked.</param>
    /// <param name="Stamp">The item's row there when the record was made.</param>
    /// <param name="WasHidden">Whether the item was removed then.</param>
    /// <param name="Tried">Versions that the record was made for, or that refused it; null for a removal, which concerns all.</param>
    /// <param name="Done">Whether it was written.</param>
    private sealed record Waiting(ItemRecord Record, ShardTables Tables, long Stamp, bool WasHidden, HashSet<ShardTables>? Tried, TaskCompletionSource<bool> Done);

    private int Shard => (int)this.GetPrimaryKeyLong();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var storage = services.GetRequiredKeyedService<IGrainStorage>(GuardedStorage.Name);
        _log = await GrainLog.OpenAsync(storage, $"shard/{Shard}", content =>
        {
            foreach (var record in serializer.Deserialize(content)!) Take(record);
        });
        // begun at once, so that requests wait less; not waited for, since users who are asked for what joined ask this shard in turn
        if (models.Status.Active is { } active) TablesAsync(active.Name).Ignore();
    }

    public async Task<SearchAnswer> SearchAsync(SearchMessage message)
    {
        var tables = await TablesAsync(message.Version);
        StampedRow[] stale = [.. message.Seen.Where(seen => tables.Row(seen.Id).Stamp != seen.Stamp).Select(seen => tables.Row(seen.Id))];
        if (stale.Length > 0) return new(stale, [], []);
        var (slice, request) = (tables.Slice, new RequestOptions { ExcludeSeen = message.ExcludeSeen, Allow = message.Allow, Deny = message.Deny, NewItems = message.NewItems });
        var (best, bestNew) = slice.Count < LargeSlice ? Search() : await Task.Run(Search);
        return new([], [.. best.Select(FoundItem.Of)], [.. bestNew.Select(FoundItem.Of)]);

        (SliceItem[] Best, SliceItem[] New) Search() => slice.Search(message.Vectors, message.Seen.Select(seen => seen.Id), message.Count, request);
    }

    public async Task<StampedRow[]> RowsAsync(string version, SeenItem[] items, long before)
    {
        if (before == long.MaxValue)
        {
            var tables = await TablesAsync(version);
            return [.. items.Where(item => tables.Row(item.Id).Stamp != item.Stamp).Select(item => tables.Row(item.Id))];
        }
        TablesAsync(version).Ignore();
        ShardTables? filling;
        while (!_tables.TryGetValue(version, out filling) || filling.FilledTo < before)
        {
            if (!_filling.TryGetValue(version, out var failed)) TablesAsync(version).Ignore();      // forgotten meanwhile: fills again, or says that the version is gone
            else if (failed.IsFaulted) await failed;
            await Task.WhenAny(_filled.Task, Task.Delay(1000));
        }
        // an item that changed later is not there yet for who asks
        return [.. items.Select(item => filling.Row(item.Id)).Select(row => row.Stamp < before ? row : new StampedRow(row.Id, -1, null)).Zip(items).Where(pair => pair.First.Stamp != pair.Second.Stamp).Select(pair => pair.First)];
    }

    public async Task PutAsync(string version, GivenRow item, bool adds)
    {
        for (bool isMade = false; !isMade;)
        {
            var tables = await TablesAsync(version);
            var (old, stamp, wasHidden) = (_records.GetValueOrDefault(item.Id), tables.Row(item.Id).Stamp, IsHidden(item.Id));
            var change = await MakeAsync(tables, item, tables.SnapshotWith(item.Id, wasHidden), adds, old);
            var changes = new Dictionary<string, byte[]>(StringComparer.Ordinal) { [version] = Change.Write([change]) };
            var given = (adds || item.Describes || old is null ? item : old.Given) with { Others = item.Others ?? old?.Given.Others };
            // the other version of a rollout takes it too, if it can
            var tried = Served.Append(tables).ToHashSet();
            foreach (var other in tried.Where(other => other != tables))
                if (await TryMakeBesidesAsync(other, given, old) is { } made) changes[other.Version.Name] = Change.Write([made]);
            isMade = await CommitAsync(new(old?.Joined ?? 0, 0, DateTimeOffset.UtcNow, given, false, changes), tables, stamp, wasHidden, tried);
        }
    }

    public async Task<bool> RemoveAsync(string version, string itemId)
    {
        for (; ; )
        {
            var tables = await TablesAsync(version);
            // one that this version could not take is there all the same: another one would serve it again
            if (IsHidden(itemId) || !(tables.Slice.Has(itemId) || _records.ContainsKey(itemId))) return false;
            var record = _records.GetValueOrDefault(itemId) ?? new(0, 0, DateTimeOffset.MinValue, new(itemId, null, null, null, null), true, []);
            if (await CommitAsync(record with { IsHidden = true }, tables, tables.Row(itemId).Stamp, false, null)) return true;
        }
    }

    public void Dispose() => _writing.Dispose();

    public async Task PrepareAsync(string version)
    {
        try
        {
            await TablesAsync(version);
        }
        catch (Exception error) when (!ClusterFaults.IsPassing(error, CancellationToken.None) && error is not HttpRequestException)
        {
            throw new InvalidDataException($"Shard {Shard} cannot make what joined for it: {error.Message}");
        }
    }

    public Task KeepAsync(string[] versions)
    {
        Forget(_filling.Keys.Except(versions));
        return Task.CompletedTask;
    }

    // full tables of versions that did not go meanwhile
    private IEnumerable<ShardTables> Served => _tables.Values.Where(tables => tables.IsFilled && models.Serves(tables.Version.Name));

    private bool IsHidden(string id) => _records.GetValueOrDefault(id) is { IsHidden: true };

    private void Take(ItemRecord record)
    {
        _records[record.Given.Id] = record;
        foreach (var tables in _tables.Values.Where(tables => tables.IsFilled)) tables.Apply(record, _records.Values);
    }

    // one write of the storage for all who wait; false where the item changed since the record was made, or another version became full
    private async Task<bool> CommitAsync(ItemRecord record, ShardTables tables, long stamp, bool wasHidden, HashSet<ShardTables>? tried)
    {
        var own = new Waiting(record, tables, stamp, wasHidden, tried, new(TaskCreationOptions.RunContinuationsAsynchronously));
        _waiting.Add(own);
        await _writing.WaitAsync();
        try
        {
            if (!own.Done.Task.IsCompleted) await WriteWaitingAsync();
        }
        finally
        {
            _writing.Release();
        }
        return await own.Done.Task;
    }

    private async Task WriteWaitingAsync()
    {
        Waiting[] taken = [.. _waiting];
        _waiting.Clear();
        try
        {
            var (records, written, ids) = (new List<ItemRecord>(), new List<Waiting>(), new HashSet<string>(StringComparer.Ordinal));
            long ticket = await GrainFactory.GetGrain<ITicketGrain>(0).TakeAsync(taken.Length);
            foreach (var one in taken)
            {
                string id = one.Record.Given.Id;
                if (!ids.Add(id) || one.Tables.Row(id).Stamp != one.Stamp || IsHidden(id) != one.WasHidden || (one.Tried is { } tried && Served.Any(other => !tried.Contains(other))))
                {
                    one.Done.SetResult(false);
                    continue;
                }
                bool isPut = !one.Record.IsHidden;
                records.Add(one.Record with { Joined = one.Record.Joined > 0 || !isPut ? one.Record.Joined : ticket, Ticket = isPut ? ticket : one.Record.Ticket });
                written.Add(one);
                ticket++;
            }
            if (records.Count == 0) return;
            await _log.AppendAsync(serializer.SerializeToArray(records));
            foreach (var record in records) Take(record);
            foreach (var one in written) one.Done.SetResult(true);
            if (_log.Count > CompactAfter + 2 * (_records.Count / RecordsPerRow)) await CompactAsync();
        }
        catch (Exception error) // it belongs to those who wait
        {
            if (error is InconsistentStateException) DeactivateOnIdle();
            foreach (var one in taken) one.Done.TrySetException(error);
        }
    }

    // a failure leaves the old log, or a grain that reads the new one
    private async Task CompactAsync()
    {
        try
        {
            await _log.ReplaceAsync([.. _records.Values.OrderBy(record => record.Ticket).Chunk(RecordsPerRow).Select(part => serializer.SerializeToArray([.. part]))]);
        }
        catch (Exception error) when (error is IOException or InconsistentStateException)   // what was written is written
        {
            DeactivateOnIdle();
        }
    }

    private Task<ShardTables> TablesAsync(string version)
    {
        if (_tables.Count > 1) Forget(_tables.Keys.Where(known => !models.Serves(known)));      // a request under way may have brought one back
        if (_filling.TryGetValue(version, out var filling) && !filling.IsFaulted && !filling.IsCanceled) return filling;
        _tables.Remove(version);
        return _filling[version] = FillAsync(version);
    }

    private void Forget(IEnumerable<string> versions)
    {
        foreach (string gone in versions.ToArray())
        {
            _tables.Remove(gone);
            _filling.Remove(gone);
        }
    }

    // changes in the order of their tickets, so that each reads what was there before it
    private async Task<ShardTables> FillAsync(string name)
    {
        var (version, engine) = await models.KnownAsync(name);
        int shardCount = options.Value.Shards, own = Shard;
        var slice = await Task.Run(() => engine.Slice(id => ShardHash.Of(id, shardCount) == own));
        var tables = new ShardTables(version, engine, slice);
        _tables[name] = tables;
        for (bool isFull = false; !isFull;)
        {
            foreach (var (ticket, id) in Open())
            {
                if (!_records.TryGetValue(id, out var record) || record.Ticket != ticket) continue;     // changed meanwhile: its turn comes
                tables.FilledTo = ticket;
                Filled();
                if (!tables.IsInData(record) && !record.Changes.ContainsKey(name))
                {
                    if (await TryMakeAsync(tables, record.Given, engine.Snapshot, null, ticket) is { } change)
                    {
                        // what it is in versions that went goes with them
                        record = _records[id] with { Changes = new(_records[id].Changes.Where(row => models.Serves(row.Key)), StringComparer.Ordinal) { [name] = Change.Write([change]) } };
                        if (record.Ticket != ticket) continue;
                        _made.Add(record);
                        _records[id] = record;
                    }
                }
                tables.Fill(_records[id]);
                tables.FilledTo = ticket + 1;
            }
            isFull = await IsFullAsync();
        }
        Filled();
        return tables;

        // while nothing is being written: what is written then was made for versions that were full
        async Task<bool> IsFullAsync()
        {
            await _writing.WaitAsync();
            try
            {
                await KeepMadeAsync();
                if (Open().Count > 0) return false;
                tables.Finish(_records.Values);
                return true;
            }
            finally
            {
                _writing.Release();
            }
        }

        List<(long Ticket, string Id)> Open() => [.. _records.Values.Where(record => !record.IsMark && record.Ticket >= tables.FilledTo).Select(record => (record.Ticket, record.Given.Id)).Order()];
    }

    // so that a shard that comes up again has the same rows
    private async Task KeepMadeAsync()
    {
        int count = _made.Count;
        foreach (var part in _made[..count].Where(record => ReferenceEquals(_records[record.Given.Id], record)).Chunk(RecordsPerRow)) await _log.AppendAsync(serializer.SerializeToArray([.. part]));
        _made.RemoveRange(0, count);
    }

    private void Filled()
    {
        _filled.TrySetResult();
        _filled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    // for a version beside the one that was asked; one that goes meanwhile needs nothing any more
    private async Task<Change.ItemChange?> TryMakeBesidesAsync(ShardTables tables, GivenRow item, ItemRecord? old)
    {
        try
        {
            return await TryMakeAsync(tables, item, tables.SnapshotWith(item.Id, IsHidden(item.Id)), old);
        }
        catch (InvalidDataException)
        {
            await models.RefreshAsync();
            if (models.Serves(tables.Version.Name)) throw;
            return null;
        }
    }

    private async Task<Change.ItemChange?> TryMakeAsync(ShardTables tables, GivenRow item, EngineSnapshot snapshot, ItemRecord? old, long before = long.MaxValue)
    {
        try
        {
            return await MakeAsync(tables, item, snapshot, adds: snapshot.Items.Ids.PositionOf(item.Id) is not (>= 0 and var place) || snapshot.Items.IsHidden(place), old, before);
        }
        catch (Exception error) when (models.MayDrop(tables.Version.Name, error))
        {
            ClusterTelemetry.Refused.Add(1, new KeyValuePair<string, object?>("autograph.side", "item"));
            return null;
        }
    }

    // the engine's own insertion, over tables that hold the item and its users as they are
    private async Task<Change.ItemChange> MakeAsync(ShardTables tables, GivenRow item, EngineSnapshot snapshot, bool adds, ItemRecord? old, long before = long.MaxValue)
    {
        var names = item.Others ?? old?.Given.Others;
        bool isMigrated = before != long.MaxValue;
        var known = new List<string>();
        foreach (string[] part in (names ?? tables.Engine.FittedUsersOf(item.Id)).Distinct(StringComparer.Ordinal).Chunk(UsersAtATime))
        {
            var nodes = await Task.WhenAll(part.Select(user => shards.User(user).NodeAsync(tables.Version.Name, before)));
            foreach (var (user, node) in part.Zip(nodes).Where(pair => pair.Second.IsKnown))
            {
                known.Add(user);
                if (node.Change is { } change) snapshot = snapshot.Put(HistoryView.Read<Change.UserChange>(change), []);
            }
        }
        // a new model may not know users that an item was given with
        var users = isMigrated && names is not null ? [.. names.Where(known.Contains)] : names ?? (tables.IsFitted(item.Id) ? null : []);
        Change.ItemChange? made = null;
        var fork = tables.Engine.Over(snapshot, changes => made = (Change.ItemChange)changes.Single());
        await (adds ? fork.AddItemAsync(item.ToItem(users)) : fork.UpdateItemAsync(item.ToItem(users)));
        return made!;
    }
}
