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
        PutItems([.. (await _itemRows.ReadAsync(rows, ids, cancellationToken).ConfigureAwait(false)).Select(row => (row.Id, (JoiningRows.Row?)row, (IReadOnlyList<string>?)null))], adds: true);
    }

    /// <summary>Gives an item new features, new users or both, or reads its neighbours as they are now; one that was trained keeps its id embedding.</summary>
    /// <inheritdoc cref="UpdateItems"/>
    public void UpdateItem(NewItem item) => UpdateItems([item]);

    /// <summary>Changes items; all changes become visible together.</summary>
    /// <param name="items">What changes. Features, codes and content stay where an item comes without <see cref="NewItem.Values"/>, <see cref="NewItem.SemanticVector"/> and
    /// <see cref="NewItem.Knowledge"/>; with any of them they are made anew, and features that are not there are unknown. Where the pipeline reads recorded answers, an id that has
    /// one keeps it: give <see cref="NewItem.Knowledge"/> for another. Users stay where <see cref="NewItem.Users"/> is null: histories (<see cref="AddInteractions"/>,
    /// <see cref="NewUser.History"/>) give an item no users; whoever wants them read names all of them here.</param>
    /// <remarks>
    /// <c>UpdateItem(new NewItem(id))</c> refreshes an item: one forward pass over its users as they are now, who may have changed since. With nothing changed an item has, up to
    /// rounding, the vector that it had. A trained item reads all its users here, also where <see cref="MetapathGraphOptions.FullNeighborhoods"/> is off.
    /// </remarks>
    /// <exception cref="ArgumentException">An item is unknown or occurs twice, a user is unknown, or a value is missing or does not serve. Nothing was changed.</exception>
    /// <inheritdoc cref="AddItems(IReadOnlyList{NewItem})"/>
    public void UpdateItems(IReadOnlyList<NewItem> items) => PutItemsAsync(items, adds: false, default).GetAwaiter().GetResult();

    /// <summary>Changes an item without blocking a thread while language model and encoder work.</summary>
    /// <inheritdoc cref="UpdateItemsAsync"/>
    public Task UpdateItemAsync(NewItem item, CancellationToken cancellationToken = default) => UpdateItemsAsync([item], cancellationToken);

    /// <summary>Changes items without blocking a thread while language model and encoder work; all changes become visible together.</summary>
    /// <param name="items">What changes, see <see cref="UpdateItems"/>.</param>
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
        var described = items.Where(item => adds || item.Values.Count > 0 || item.SemanticVector is not null || item.Knowledge is not null)
            .Select(item => new JoiningRows.Given(item.Id, item.Values, item.SemanticVector, item.Knowledge));
        var rows = (await _itemRows.ReadAsync([.. described], featuresMaySuffice: false, cancellationToken).ConfigureAwait(false)).ToDictionary(row => row.Id, StringComparer.Ordinal);
        PutItems([.. items.Select(item => (item.Id, rows.GetValueOrDefault(item.Id), item.Users))], adds);
    }

    private void PutItems((string Id, JoiningRows.Row? Row, IReadOnlyList<string>? Users)[] rows, bool adds)
    {
        var snapshot = _snapshot;
        var computed = rows.Select(row => ComputeItem(snapshot, row.Id, row.Row, row.Users)).ToArray();
        Write(now =>
        {
            CheckItems(now, rows.Select(row => row.Id), adds);
            // what a change leaves as it is, is what another has written meanwhile
            Change.ItemChange[] changes = [.. rows.Zip(computed, (row, change) => now.Items.HasSame(snapshot.Items, row.Id) ? change : ComputeItem(now, row.Id, row.Row, row.Users))];
            return Placed(now.Items.Ids, changes, change => change.Id, (change, position) => change with { Position = position });
        });
    }

    private static void CheckItems(EngineSnapshot snapshot, IEnumerable<string> ids, bool adds) => CheckIds("item", snapshot.Items.Ids, snapshot.Items.IsHidden, ids, adds);

    private Change.ItemChange ComputeItem(EngineSnapshot snapshot, string id, JoiningRows.Row? row, IReadOnlyList<string>? userIds)
    {
        var tables = snapshot.Items;
        int position = tables.Ids.PositionOf(id);
        int known = position < tables.Ids.FittedCount ? position : -1;
        int[]? users = userIds is not null ? [.. Positions("user", snapshot.Users.Ids, userIds, $"item '{id}'").Distinct()] : position >= 0 ? tables.Users[position][0] : [];
        ReadOnlySpan<int> read = users ?? (_pass.Graph is { } graph ? graph.UsersOf(known) : []);
        int[] codes = row?.Codes ?? tables.Codes[position].ToArray();
        var given = row is null ? tables.Features[position][0] : _pass.ItemFeatures.Of(known, row.Features, row.Codes, row.Semantic);
        if (given is null && known < 0)
            throw new ArgumentException($"Expected values of '{id}', found none: an earlier version of AutoGraph wrote the log, which has no features of items that joined. Give {nameof(NewItem.Values)}.");
        var made = _pass.Item(given ?? _pass.ItemFeatures.Known(known), known, codes, Gather(snapshot.Users.Nodes, read));
        float[] content = row is null ? tables.Content[position].ToArray() : Content(snapshot, row.Semantic);
        RequireFinite("item", id, made.Vector, made.History, made.State, made.Node, content);
        // the tables have codes where the model has a graph; without one they are features alone
        return new(position, id, _model.Model.Graph is null ? [] : codes, made, content, users) { Features = given };
    }

    private float[] Content(EngineSnapshot snapshot, float[] semantic) =>
        semantic.Length > 0 && EngineSnapshot.ContentOf(_model)?.Scale is { } scale ? scale.Apply(semantic) : new float[snapshot.Items.Content.Width];
}
