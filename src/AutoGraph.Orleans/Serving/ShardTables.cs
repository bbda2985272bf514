namespace AutoGraph.Orleans.Serving;

/// <summary>A shard's items in one version.</summary>
/// <remarks>While they are filled they have rows only; then they can be searched as well.</remarks>
internal sealed class ShardTables(ModelVersion version, RecommendationEngine engine, CatalogueSlice fitted)
{
    private readonly CatalogueSlice _fitted = fitted;
    private readonly Dictionary<string, StampedRow> _rows = new(StringComparer.Ordinal);      // what changed since the fit
    private readonly int _fittedCount = engine.Snapshot.Items.Ids.Count;
    private CatalogueSlice _slice = fitted;
    private long _lastJoined;

    internal ModelVersion Version => version;

    internal RecommendationEngine Engine => engine;

    internal CatalogueSlice Slice => IsFilled ? _slice : throw new InvalidOperationException("Expected full tables, found some that are being filled.");

    /// <summary>Changes with lower tickets are in the tables.</summary>
    internal long FilledTo { get; set; }

    internal bool IsFilled => FilledTo == long.MaxValue;

    internal bool IsFitted(string id) => engine.Snapshot.Items.Ids.PositionOf(id) >= 0;

    /// <summary>The row of an item: as it changed, as fitted, or that nobody knows it.</summary>
    internal StampedRow Row(string id) => _rows.GetValueOrDefault(id) ?? new(id, IsFitted(id) ? 0 : -1, null);

    /// <summary>Whether a record says nothing of this version beyond its data.</summary>
    internal bool IsInData(ItemRecord record) => record.IsMark || (record.Created <= version.DataUntil && IsFitted(record.Given.Id) && !record.Changes.ContainsKey(version.Name));

    /// <summary>Takes the rows that a record has of this version.</summary>
    internal void Fill(ItemRecord record)
    {
        if (record.Changes.TryGetValue(version.Name, out byte[]? change)) _rows[record.Given.Id] = new(record.Given.Id, record.Ticket, change);
    }

    /// <summary>Makes the tables whose rows are complete searchable.</summary>
    /// <param name="records">All records.</param>
    internal void Finish(IEnumerable<ItemRecord> records)
    {
        (_slice, _lastJoined, FilledTo) = (_fitted, 0, long.MaxValue);
        foreach (var record in records.OrderBy(record => record.Joined)) Show(record);
    }

    /// <summary>Takes a record into full tables.</summary>
    /// <param name="record">The record.</param>
    /// <param name="all">All records, this one included.</param>
    internal void Apply(ItemRecord record, IEnumerable<ItemRecord> all)
    {
        Fill(record);
        // one that joined long ago and that this version knows only now has its place between others
        if (_rows.ContainsKey(record.Given.Id) && !_slice.Has(record.Given.Id) && record.Joined <= _lastJoined) Finish(all);
        else Show(record);
    }

    /// <summary>Tables of the engine with an item as it is here: what the engine needs to judge and compute its change.</summary>
    internal EngineSnapshot SnapshotWith(string id, bool isHidden)
    {
        var snapshot = Row(id).Change is { } change ? engine.Snapshot.Put(HistoryView.Read<Change.ItemChange>(change)) : engine.Snapshot;
        return isHidden && snapshot.Items.Ids.PositionOf(id) is >= 0 and var item ? snapshot.After([new Change.HideChange(true, item)]) : snapshot;
    }

    private void Show(ItemRecord record)
    {
        string id = record.Given.Id;
        if (_rows.GetValueOrDefault(id)?.Change is { } change)
        {
            if (!_slice.Has(id)) _lastJoined = record.Joined;
            _slice = _slice.Put(HistoryView.Read<Change.ItemChange>(change), _fittedCount + record.Joined);
        }
        if (record.IsHidden) _slice = _slice.Hide(id);
    }
}
