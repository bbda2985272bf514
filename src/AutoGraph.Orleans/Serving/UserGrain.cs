using AutoGraph.Orleans.Rollouts;
using AutoGraph.Orleans.Storage;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;

namespace AutoGraph.Orleans.Serving;

/// <summary>Users as fitted are in the model; one who joined or changed is in the grain's storage besides.</summary>
[Reentrant]
internal sealed class UserGrain([PersistentState("user", GuardedStorage.Name)] IPersistentState<UserState> state, ModelHost models, ShardCalls shards, Serializer<UserRecord> serializer)
    : Grain, IUserGrain, IDisposable
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1), AskAgain = TimeSpan.FromMinutes(1);
    private readonly UserStore _store = new(state, serializer);
    private readonly SemaphoreSlim _writing = new(1);
    private readonly CancellationTokenSource _ended = new();
    private readonly Dictionary<string, HistoryView> _views = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _refused = new(StringComparer.Ordinal);    // versions that could not make the user's row, and until when they are not asked again
    private UserRecord? _record;
    private bool _isKept = true;                // whether the storage has all rows of the record
    private Task _keeping = Task.CompletedTask;

    private string Id => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Take(_store.Read());
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _ended.CancelAsync();
        await _keeping;
    }

    public async Task<RecommendAnswer> RecommendAsync(RecommendMessage message)
    {
        var (version, engine) = await models.ChooseAsync(message.Version);
        var record = await CurrentAsync(version, engine);
        if (message.History is { } atHand) return await shards.AnswerAsync(version, message, View(new Dictionary<string, StampedRow>(), atHand), rows => View(rows, atHand));
        if (!_views.TryGetValue(version.Name, out var view)) view = Keep(View(new Dictionary<string, StampedRow>(), null));
        return await shards.AnswerAsync(version, message, view, rows => Keep(View(rows, null)));

        HistoryView View(IReadOnlyDictionary<string, StampedRow> rows, string[]? history) =>
            HistoryView.Of(engine, history ?? (record is { IsHidden: true } ? [] : HistoryOf(version, engine, record)), rows, snapshot => Placed(snapshot, version, record));

        HistoryView Keep(HistoryView made)
        {
            if (ReferenceEquals(record, _record))
            {
                foreach (string old in _views.Keys.Except(models.Status.All.Select(known => known.Name)).ToArray()) _views.Remove(old);
                _views[version.Name] = made;
            }
            return made;
        }
    }

    public Task PutAsync(string? version, GivenRow user, bool adds) => WriteAsync(version, (chosen, engine, record) =>
        PutAsync(chosen, engine, record, user, user.Others ?? (record is { IsHidden: true } ? [] : KeptHistoryOf(chosen, engine, record)), adds));

    public Task AppendAsync(string? version, string[] items) => WriteAsync(version, (chosen, engine, record) =>
        PutAsync(chosen, engine, record, new(Id, null, null, null, null), [.. KeptHistoryOf(chosen, engine, record), .. items], adds: false, items));

    private async Task WriteAsync(string? version, Func<ModelVersion, RecommendationEngine, UserRecord?, Task> write)
    {
        var (chosen, engine) = await models.ChooseAsync(version);
        await _writing.WaitAsync();
        try
        {
            await write(chosen, engine, await CurrentAsync(chosen, engine, isWriting: true));
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <param name="version">The model.</param>
    /// <param name="engine">Its engine.</param>
    /// <param name="record">The user as now.</param>
    /// <param name="user">What changes; a history in it is refused where an item is unknown.</param>
    /// <param name="history">The history from now on; without one in <paramref name="user"/> items that the version does not know are left out.</param>
    /// <param name="adds">Whether the user is new.</param>
    /// <param name="required">Items of the history that must be known; null: none but those of <paramref name="user"/>.</param>
    private async Task PutAsync(ModelVersion version, RecommendationEngine engine, UserRecord? record, GivenRow user, string[] history, bool adds, string[]? required = null)
    {
        var rows = await shards.RowsAsync(version.Name, engine, history);
        string[] kept = user.Others ?? [.. history.Where(id => required?.Contains(id) == true || (rows.GetValueOrDefault(id)?.Stamp != -1 && (rows.ContainsKey(id) || engine.Snapshot.Items.Ids.PositionOf(id) >= 0)))];
        var view = HistoryView.Of(engine, history, rows, snapshot => Placed(snapshot, version, record));
        Change.UserChange? made = null;
        var fork = engine.Over(view.Engine.Snapshot, changes => made = (Change.UserChange)changes.Single());
        var given = user.ToUser(kept);
        await (adds ? fork.AddUserAsync(given) : fork.UpdateUserAsync(given));
        // one that was removed begins anew
        var merged = (user.Describes || record is null or { IsHidden: true } ? user : record.Given) with { Others = [.. given.History!] };
        long ticket = await GrainFactory.GetGrain<ITicketGrain>(0).TakeAsync(1);
        await WriteAsync(new(ticket, DateTimeOffset.UtcNow, merged, false, new() { [version.Name] = Change.Write([made!]) }));
    }

    public async Task<bool> RemoveAsync(string? version)
    {
        var (chosen, engine) = await models.ChooseAsync(version);
        await _writing.WaitAsync();
        try
        {
            var record = await CurrentAsync(chosen, engine, isWriting: true);
            // one whom this version could not take is there all the same: another one would serve them again
            if (record is { IsHidden: true } || (record is null && engine.Snapshot.Users.Ids.PositionOf(Id) < 0)) return false;
            await WriteAsync(record is null ? new(await GrainFactory.GetGrain<ITicketGrain>(0).TakeAsync(1), DateTimeOffset.MinValue, new(Id, null, null, null, null), true, [])
                : record with { IsHidden = true });
            return true;
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose()
    {
        _writing.Dispose();
        _ended.Dispose();
    }

    public async Task<UserNode> NodeAsync(string version, long before)
    {
        var (known, engine) = await models.KnownAsync(version);
        bool isFitted = engine.Snapshot.Users.Ids.PositionOf(Id) >= 0;
        if (_record is null || (_record.Changes.Count == 0 && _record.Given.Others is null) || IsInData(_record, known, engine)) return new(isFitted, null);
        if (before > _record.Ticket || _record.Changes.ContainsKey(version)) return await CurrentAsync(known, engine) is { } record && record.Changes.TryGetValue(version, out byte[]? change) ? new(true, change) : new(isFitted, null);
        return await MakeAsync(known, engine, _record, before) is { } earlier ? new(true, Change.Write([earlier])) : new(isFitted, null);
    }

    // the record with rows of this version, made where they are not there
    private async Task<UserRecord?> CurrentAsync(ModelVersion version, RecommendationEngine engine, bool isWriting = false)
    {
        if (!Misses(version, engine)) return _record;
        if (!isWriting) await _writing.WaitAsync();
        try
        {
            if (!Misses(version, engine)) return _record;
            var record = _record!;
            if (await MakeAsync(version, engine, record, record.Ticket) is not { } change) return record;
            var served = models.Status.All.Select(known => known.Name).ToHashSet(StringComparer.Ordinal);
            var changes = record.Changes.Where(pair => served.Contains(pair.Key)).ToDictionary(StringComparer.Ordinal);
            changes[version.Name] = Change.Write([change]);
            Take(record with { Changes = changes });
            // who reads does not wait for the storage, which may be away
            _isKept = false;
            if (_keeping.IsCompleted) _keeping = KeepAsync();
            return _record;
        }
        finally
        {
            if (!isWriting) _writing.Release();
        }
    }

    private bool Misses(ModelVersion version, RecommendationEngine engine) =>
        _record is { Given.Others: not null } record && !record.Changes.ContainsKey(version.Name) && !IsInData(record, version, engine)
        && !(_refused.TryGetValue(version.Name, out var until) && DateTimeOffset.UtcNow < until);

    // null where the version cannot take the user: then as fitted, or unknown
    private async Task<Change.UserChange?> MakeAsync(ModelVersion version, RecommendationEngine engine, UserRecord record, long before)
    {
        string[] history = record.Given.Others ?? [];
        var rows = await shards.RowsAsync(version.Name, engine, history, before);
        var view = HistoryView.Of(engine, history, rows, snapshot => (snapshot, -1));
        Change.UserChange? made = null;
        var fork = engine.Over(view.Engine.Snapshot, changes => made = (Change.UserChange)changes.Single());
        var given = record.Given.ToUser([.. history.Where(id => view.Engine.Snapshot.Items.Ids.PositionOf(id) >= 0)]);
        try
        {
            await (engine.Snapshot.Users.Ids.PositionOf(Id) >= 0 ? fork.UpdateUserAsync(given) : fork.AddUserAsync(given));
        }
        catch (Exception error) when (models.MayDrop(version.Name, error))
        {
            ClusterTelemetry.Refused.Add(1, new KeyValuePair<string, object?>("autograph.side", "user"));
            // a service may be there later; a row that does not serve never will
            if (before == record.Ticket) _refused[version.Name] = error is InvalidOperationException ? DateTimeOffset.UtcNow + AskAgain : DateTimeOffset.MaxValue;
        }
        return made;
    }

    private bool IsInData(UserRecord record, ModelVersion version, RecommendationEngine engine) => record.Created <= version.DataUntil && engine.Snapshot.Users.Ids.PositionOf(Id) >= 0 && !record.Changes.ContainsKey(version.Name);

    private static bool Has(UserRecord record, ModelVersion version) => record.Changes.ContainsKey(version.Name);

    private string[] HistoryOf(ModelVersion version, RecommendationEngine engine, UserRecord? record)
    {
        if (record is not null && Has(record, version)) return record.Given.Others!;
        if (engine.Snapshot.Users.Ids.PositionOf(Id) is not (>= 0 and var user)) return [];
        var items = engine.Snapshot.Items.Ids;
        return [.. engine.Snapshot.Users.Histories[user][0].ToArray().Select(item => items[item])];
    }

    // what a change begins with: also where the version could not make the user's row, what was acknowledged stays
    private string[] KeptHistoryOf(ModelVersion version, RecommendationEngine engine, UserRecord? record) =>
        record is { Given.Others: { } own } && !IsInData(record, version, engine) ? own : HistoryOf(version, engine, record);

    private (EngineSnapshot Snapshot, int User) Placed(EngineSnapshot snapshot, ModelVersion version, UserRecord? record)
    {
        if (record is not null && record.Changes.TryGetValue(version.Name, out byte[]? change)) snapshot = snapshot.Put(HistoryView.Read<Change.UserChange>(change), record.Given.Others!.Where(id => snapshot.Items.Ids.PositionOf(id) >= 0));
        int user = snapshot.Users.Ids.PositionOf(Id);
        if (record is not { IsHidden: true } || user < 0) return (snapshot, user);
        return (snapshot.After([new Change.HideChange(false, user)]), -1);
    }

    private async Task WriteAsync(UserRecord record)
    {
        try
        {
            await _store.WriteAsync(record);
        }
        catch (IOException error)
        {
            _isKept = true;             // only the storage knows what it has: it is read again
            DeactivateOnIdle();
            throw new IOException($"The change was not made: the grain storage did not take it. {error.Message}", error);
        }
        _isKept = true;
        _refused.Clear();
        Take(record);
    }

    // stores rows that were made for readers, when the storage takes them: what is made again later may be another one
    private async Task KeepAsync()
    {
        try
        {
            for (; !_ended.IsCancellationRequested; await Task.Delay(Retry, _ended.Token))
            {
                await _writing.WaitAsync(_ended.Token);
                try
                {
                    if (!_isKept) await _store.WriteAsync(_record!);
                    _isKept = true;
                    return;
                }
                catch (IOException)
                {
                    // tried again
                }
                finally
                {
                    _writing.Release();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // the grain ends
        }
        catch (InconsistentStateException)
        {
            DeactivateOnIdle();         // another activation wrote
        }
    }

    private void Take(UserRecord? record)
    {
        _record = record;
        _views.Clear();
    }
}
