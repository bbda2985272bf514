using Microsoft.ML;

namespace AutoGraph;

public sealed partial class RecommendationEngine
{
    /// <summary>Adds an item: codes from the frozen codebooks, edges to its factors and users, one forward pass for this node alone (paper App. A.3). It can be recommended at once.</summary>
    /// <inheritdoc cref="AddItems(IReadOnlyList{NewItem})"/>
    public void AddItem(NewItem item) => AddItems([item]);

    /// <summary>Adds items; all of them become visible together, with one flush of the log.</summary>
    /// <param name="items">The items; a removed one may come back, with the users it had where <see cref="NewItem.Users"/> is null.</param>
    /// <remarks>
    /// Where the pipeline asks a language model, it is asked once per item without an answer in the store: the call blocks until then. The vectors of all others keep
    /// their values, also those of the users named in <see cref="NewItem.Users"/>.
    /// </remarks>
    /// <exception cref="ArgumentException">An id is there already or occurs twice, a user is unknown, or a value is missing or does not serve. Nothing was added.</exception>
    /// <exception cref="InvalidOperationException">
    /// The model lacks what makes codes or vectors, or an encoder, chat client or store that is needed (<see cref="AutoGraphCatalog.Attach"/>), or an item got no answer; the
    /// message says what. Nothing was added.
    /// </exception>
    /// <exception cref="NotSupportedException">The model has enhancements whose item vectors only a fit makes.</exception>
    /// <exception cref="IOException">The log did not take it: the disk is full, or failed. Nothing was added.</exception>
    /// <exception cref="ObjectDisposedException">The engine was disposed.</exception>
    public void AddItems(IReadOnlyList<NewItem> items) => PutItemsAsync(items, adds: true, default).GetAwaiter().GetResult();

    /// <summary>Adds an item without blocking a thread while language model and encoder work.</summary>
    /// <inheritdoc cref="AddItemsAsync(IReadOnlyList{NewItem}, CancellationToken)"/>
    public Task AddItemAsync(NewItem item, CancellationToken cancellationToken = default) => AddItemsAsync([item], cancellationToken);

    /// <summary>Adds items without blocking a thread while language model and encoder work; all of them become visible together.</summary>
    /// <param name="items">The items; a removed one may come back, with the users it had where <see cref="NewItem.Users"/> is null.</param>
    /// <param name="cancellationToken">Stops before anything is added; answers of the language model so far are kept in the store.</param>
    /// <exception cref="OperationCanceledException">It was stopped; nothing was added.</exception>
    /// <inheritdoc cref="AddItems(IReadOnlyList{NewItem})"/>
    public Task AddItemsAsync(IReadOnlyList<NewItem> items, CancellationToken cancellationToken = default) => PutItemsAsync(items, adds: true, cancellationToken);

    /// <summary>Adds the items of a table with the columns of the item table fitted, without interactions so far.</summary>
    /// <param name="rows">The rows; features that are not there are unknown.</param>
    /// <param name="idColumn">The column of ids.</param>
    /// <inheritdoc cref="AddItems(IReadOnlyList{NewItem})"/>
    public void AddItems(IDataView rows, string idColumn) => AddItemsAsync(rows, idColumn).GetAwaiter().GetResult();

    /// <summary>Adds the items of a table without blocking a thread while the language model works.</summary>
    /// <param name="rows">The rows; features that are not there are unknown.</param>
    /// <param name="idColumn">The column of ids.</param>
    /// <param name="cancellationToken">Stops before anything is added.</param>
    /// <inheritdoc cref="AddItemsAsync(IReadOnlyList{NewItem}, CancellationToken)"/>
    public async Task AddItemsAsync(IDataView rows, string idColumn, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        _pass.RequireItemInsertion();
        var ids = FittedSide.ReadIds(rows, idColumn);
        CheckItems(_snapshot, ids, adds: true);
        PutItems([.. (await _itemRows.ReadAsync(rows, ids, cancellationToken).ConfigureAwait(false)).Select(row => (row, (IReadOnlyList<string>?)null))], adds: true);
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
    public void UpdateItems(IReadOnlyList<NewItem> items) => PutItemsAsync(items, adds: false, default).GetAwaiter().GetResult();

    /// <summary>Changes an item without blocking a thread while language model and encoder work.</summary>
    /// <inheritdoc cref="UpdateItemsAsync"/>
    public Task UpdateItemAsync(NewItem item, CancellationToken cancellationToken = default) => UpdateItemsAsync([item], cancellationToken);

    /// <summary>Changes items without blocking a thread while language model and encoder work; all changes become visible together.</summary>
    /// <param name="items">Their rows as they are now.</param>
    /// <param name="cancellationToken">Stops before anything is changed.</param>
    /// <exception cref="OperationCanceledException">It was stopped; nothing was changed.</exception>
    /// <inheritdoc cref="UpdateItems"/>
    public Task UpdateItemsAsync(IReadOnlyList<NewItem> items, CancellationToken cancellationToken = default) => PutItemsAsync(items, adds: false, cancellationToken);

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

    private async Task PutItemsAsync(IReadOnlyList<NewItem> items, bool adds, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(items);
        _pass.RequireItemInsertion();
        // before a language model is asked
        var snapshot = _snapshot;
        CheckItems(snapshot, items.Select(item => item.Id), adds);
        foreach (var item in items)
            if (item.Users is { } users) Positions("user", snapshot.Users.Ids, users, $"item '{item.Id}'");
        var rows = await _itemRows.ReadAsync([.. items.Select(item => new JoiningRows.Given(item.Id, item.Values, item.SemanticVector, item.Knowledge))], featuresMaySuffice: false, cancellationToken).ConfigureAwait(false);
        PutItems([.. rows.Zip(items, (row, item) => (row, item.Users))], adds);
    }

    private void PutItems((JoiningRows.Row Row, IReadOnlyList<string>? Users)[] rows, bool adds)
    {
        var snapshot = _snapshot;
        var computed = rows.Select(row => Compute(snapshot, row.Row, row.Users)).ToArray();
        Write(now =>
        {
            CheckItems(now, rows.Select(row => row.Row.Id), adds);
            // users that a change leaves as they are, are those that another has written meanwhile
            Change.ItemChange[] changes = [.. rows.Zip(computed, (row, change) => now.Items.HasSame(snapshot.Items, row.Row.Id) ? change : Compute(now, row.Row, row.Users))];
            return Placed(now.Items.Ids, changes, change => change.Id, (change, position) => change with { Position = position });
        });
    }

    private static void CheckItems(EngineSnapshot snapshot, IEnumerable<string> ids, bool adds) => CheckIds("item", snapshot.Items.Ids, snapshot.Items.IsHidden, ids, adds);

    private Change.ItemChange Compute(EngineSnapshot snapshot, JoiningRows.Row row, IReadOnlyList<string>? userIds)
    {
        int position = snapshot.Items.Ids.PositionOf(row.Id);
        int known = position < snapshot.Items.Ids.FittedCount ? position : -1;
        int[]? users = userIds is not null ? [.. Positions("user", snapshot.Users.Ids, userIds, $"item '{row.Id}'").Distinct()] : position >= 0 ? snapshot.Items.Users[position][0] : [];
        ReadOnlySpan<int> read = users ?? (_pass.Graph is { } graph ? graph.UsersOf(known) : []);
        var features = _pass.ItemFeatures.Of(known, row.Features, row.Codes, row.Semantic);
        // the tables have codes where the model has a graph; without one they are features alone
        return new(position, row.Id, _model.Model.Graph is null ? [] : row.Codes, _pass.Item(features, known, row.Codes, Gather(snapshot.Users.Nodes, read)), Content(snapshot, row.Semantic), users);
    }

    private float[] Content(EngineSnapshot snapshot, float[] semantic) =>
        semantic.Length > 0 && EngineSnapshot.ContentOf(_model)?.Scale is { } scale ? scale.Apply(semantic) : new float[snapshot.Items.Content.Width];
}
