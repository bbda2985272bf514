using Microsoft.ML;

namespace AutoGraph;

public sealed partial class RecommendationEngine
{
    /// <summary>Adds an item: codes from the frozen codebooks, edges to its factors and users, one forward pass for this node alone (paper App. A.3). It can be recommended at once.</summary>
    /// <inheritdoc cref="AddItems(IReadOnlyList{NewItem})"/>
    public void AddItem(NewItem item) => AddItems([item]);

    /// <summary>Adds items; all of them become visible together, with one flush of the log.</summary>
    /// <param name="items">The items; a removed one may come back.</param>
    /// <remarks>The vectors of all others keep their values, also those of the users named in <see cref="NewItem.Users"/>.</remarks>
    /// <exception cref="ArgumentException">An id is there already or occurs twice, a user is unknown, or a value is missing or does not serve. Nothing was added.</exception>
    /// <exception cref="InvalidOperationException">The model lacks what makes codes or vectors; the message says what.</exception>
    /// <exception cref="NotSupportedException">The model has enhancements whose item vectors only a fit makes.</exception>
    /// <exception cref="IOException">The log did not take it: the disk is full, or failed. Nothing was added.</exception>
    /// <exception cref="ObjectDisposedException">The engine was disposed.</exception>
    public void AddItems(IReadOnlyList<NewItem> items) => PutItems(items, adds: true);

    /// <summary>Adds the items of a table with the columns of the item table fitted, without interactions so far.</summary>
    /// <param name="rows">The rows; features that are not there are unknown.</param>
    /// <param name="idColumn">The column of ids.</param>
    /// <inheritdoc cref="AddItems(IReadOnlyList{NewItem})"/>
    public void AddItems(IDataView rows, string idColumn)
    {
        ArgumentNullException.ThrowIfNull(rows);
        _pass.RequireItemInsertion();
        PutItems([.. _itemRows.Read(rows, idColumn).Select(row => (row, (IReadOnlyList<string>?)null))], adds: true);
    }

    /// <summary>Gives an item new features, new users or both; one that was trained keeps its id embedding.</summary>
    /// <inheritdoc cref="UpdateItems"/>
    public void UpdateItem(NewItem item) => UpdateItems([item]);

    /// <summary>Changes items; all changes become visible together.</summary>
    /// <param name="items">Their rows as they are now.</param>
    /// <remarks>
    /// With unchanged values an item has the codes, neighbours and, up to rounding, the vector that it had. A trained item reads all its users here, also where
    /// <see cref="MetapathGraphOptions.FullNeighborhoods"/> is off.
    /// </remarks>
    /// <exception cref="ArgumentException">An item is unknown or occurs twice, a user is unknown, or a value is missing or does not serve. Nothing was changed.</exception>
    /// <inheritdoc cref="AddItems(IReadOnlyList{NewItem})"/>
    public void UpdateItems(IReadOnlyList<NewItem> items) => PutItems(items, adds: false);

    /// <summary>Removes an item: it is no longer recommended; histories that have it still read it.</summary>
    /// <returns>Whether it was there.</returns>
    public bool RemoveItem(string itemId) => RemoveItems([itemId]) == 1;

    /// <summary>Removes items together.</summary>
    /// <returns>How many of them were there.</returns>
    public int RemoveItems(IEnumerable<string> itemIds)
    {
        ArgumentNullException.ThrowIfNull(itemIds);
        string[] ids = [.. itemIds];
        return Hide(ids, isItem: true);
    }

    private void PutItems(IReadOnlyList<NewItem> items, bool adds)
    {
        ArgumentNullException.ThrowIfNull(items);
        _pass.RequireItemInsertion();
        PutItems([.. items.Select(item => (_itemRows.Read(item.Id, item.Values, item.SemanticVector), item.Users))], adds);
    }

    private void PutItems((JoiningRows.Row Row, IReadOnlyList<string>? Users)[] rows, bool adds)
    {
        var snapshot = _snapshot;
        CheckIds("item", snapshot.Items.Ids, snapshot.Items.IsHidden, rows.Select(row => row.Row.Id), adds);
        var changes = rows.Select(row => Compute(snapshot, row.Row, row.Users)).ToArray();
        Write(now =>
        {
            CheckIds("item", now.Items.Ids, now.Items.IsHidden, changes.Select(change => change.Id), adds);
            return Placed(now.Items.Ids, changes, change => change.Id, (change, position) => change with { Position = position });
        });
    }

    private Change.ItemChange Compute(EngineSnapshot snapshot, JoiningRows.Row row, IReadOnlyList<string>? userIds)
    {
        int position = snapshot.Items.Ids.PositionOf(row.Id);
        int known = position < snapshot.Items.Ids.FittedCount ? position : -1;
        int[]? users = userIds is not null ? Positions("user", snapshot.Users.Ids, userIds, $"item '{row.Id}'") : position >= 0 ? snapshot.Items.Users[position][0] : [];
        ReadOnlySpan<int> read = users ?? (_pass.Graph is { } graph ? graph.UsersOf(known) : []);
        var features = _pass.ItemFeatures.Of(known, row.Features, row.Codes, row.Semantic);
        return new(position, row.Id, row.Codes, _pass.Item(features, known, row.Codes, Gather(snapshot.Users.Nodes, read)), Content(snapshot, row.Semantic), users);
    }

    private float[] Content(EngineSnapshot snapshot, float[] semantic) =>
        semantic.Length > 0 && EngineSnapshot.ContentOf(_model)?.Scale is { } scale ? scale.Apply(semantic) : new float[snapshot.Items.Content.Width];
}
