using AutoGraph.Core.Features;
using Microsoft.ML;

namespace AutoGraph;

public sealed partial class RecommendationEngine
{
    /// <summary>Adds a user: features, codes and history; the user vector is computed with each request.</summary>
    /// <inheritdoc cref="AddUsers(IReadOnlyList{NewUser})"/>
    public void AddUser(NewUser user) => AddUsers([user]);

    /// <summary>Adds users; all of them become visible together, with one flush of the log.</summary>
    /// <param name="users">The users; a removed one may come back, and begins anew: nothing but the id embedding of training is kept.</param>
    /// <remarks>
    /// Where the pipeline asks a language model, it is asked once per user without an answer in the store: the call blocks until then. The vectors of all others keep
    /// their values, also those of the items of <see cref="NewUser.History"/>.
    /// </remarks>
    /// <exception cref="ArgumentException">An id is there already or occurs twice, an item is unknown, or a value is missing or does not serve. Nothing was added.</exception>
    /// <exception cref="InvalidOperationException">
    /// The model lacks what makes codes or vectors, or an encoder, chat client or store that is needed (<see cref="AutoGraphCatalog.Attach"/>), or a user got no answer; the
    /// message says what. Nothing was added.
    /// </exception>
    /// <exception cref="IOException">The log did not take it: the disk is full, or failed. Nothing was added.</exception>
    /// <exception cref="ObjectDisposedException">The engine was disposed.</exception>
    public void AddUsers(IReadOnlyList<NewUser> users) => PutUsersAsync(users, adds: true, default).GetAwaiter().GetResult();

    /// <summary>Adds a user without blocking a thread while language model and encoder work.</summary>
    /// <inheritdoc cref="AddUsersAsync(IReadOnlyList{NewUser}, CancellationToken)"/>
    public Task AddUserAsync(NewUser user, CancellationToken cancellationToken = default) => AddUsersAsync([user], cancellationToken);

    /// <summary>Adds users without blocking a thread while language model and encoder work; all of them become visible together.</summary>
    /// <param name="users">The users; a removed one may come back, and begins anew: nothing but the id embedding of training is kept.</param>
    /// <param name="cancellationToken">Stops before anything is added; answers of the language model so far are kept in the store.</param>
    /// <exception cref="OperationCanceledException">It was stopped; nothing was added.</exception>
    /// <inheritdoc cref="AddUsers(IReadOnlyList{NewUser})"/>
    public Task AddUsersAsync(IReadOnlyList<NewUser> users, CancellationToken cancellationToken = default) => PutUsersAsync(users, adds: true, cancellationToken);

    /// <summary>Adds the users of a table with the columns of the user table fitted, without a history so far.</summary>
    /// <param name="rows">The rows; features that are not there are unknown.</param>
    /// <param name="idColumn">The column of ids.</param>
    /// <inheritdoc cref="AddUsers(IReadOnlyList{NewUser})"/>
    public void AddUsers(IDataView rows, string idColumn) => AddUsersAsync(rows, idColumn).GetAwaiter().GetResult();

    /// <summary>Adds the users of a table without blocking a thread while the language model works.</summary>
    /// <param name="rows">The rows; features that are not there are unknown.</param>
    /// <param name="idColumn">The column of ids.</param>
    /// <param name="cancellationToken">Stops before anything is added.</param>
    /// <inheritdoc cref="AddUsersAsync(IReadOnlyList{NewUser}, CancellationToken)"/>
    public async Task AddUsersAsync(IDataView rows, string idColumn, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var ids = FittedSide.ReadIds(rows, idColumn);
        CheckUsers(_snapshot, ids, adds: true);
        PutUsers([.. (await _userRows.ReadAsync(rows, ids, cancellationToken).ConfigureAwait(false)).Select(row => (row.Id, (JoiningRows.Row?)row, (IReadOnlyList<string>?)null))], adds: true);
    }

    /// <summary>Gives a user new features, a new history or both; one that was trained keeps the id embedding.</summary>
    /// <inheritdoc cref="UpdateUsers"/>
    public void UpdateUser(NewUser user) => UpdateUsers([user]);

    /// <summary>Changes users; all changes become visible together.</summary>
    /// <param name="users">What changes; features and codes stay where <see cref="NewUser.Values"/>, <see cref="NewUser.SemanticVector"/> and <see cref="NewUser.Knowledge"/> are null, the history where <see cref="NewUser.History"/> is.</param>
    /// <exception cref="ArgumentException">A user is unknown or occurs twice, an item is unknown, or a value is missing or does not serve. Nothing was changed.</exception>
    /// <inheritdoc cref="AddUsers(IReadOnlyList{NewUser})"/>
    public void UpdateUsers(IReadOnlyList<NewUser> users) => PutUsersAsync(users, adds: false, default).GetAwaiter().GetResult();

    /// <summary>Changes a user without blocking a thread while language model and encoder work.</summary>
    /// <inheritdoc cref="UpdateUsersAsync"/>
    public Task UpdateUserAsync(NewUser user, CancellationToken cancellationToken = default) => UpdateUsersAsync([user], cancellationToken);

    /// <summary>Changes users without blocking a thread while language model and encoder work; all changes become visible together.</summary>
    /// <param name="users">What changes, see <see cref="UpdateUsers"/>.</param>
    /// <param name="cancellationToken">Stops before anything is changed.</param>
    /// <exception cref="OperationCanceledException">It was stopped; nothing was changed.</exception>
    /// <inheritdoc cref="UpdateUsers"/>
    public Task UpdateUsersAsync(IReadOnlyList<NewUser> users, CancellationToken cancellationToken = default) => PutUsersAsync(users, adds: false, cancellationToken);

    /// <summary>Adds items to the end of a user's history, who took them just now; features and codes stay as they are.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="itemIds">The items, oldest first; one may occur again.</param>
    /// <remarks>
    /// The vectors of all others keep their values, also those of the items. Of graphs with
    /// <see cref="MetapathGraphOptions.Pairwise"/> or <see cref="MetapathGraphOptions.ContentNodes"/> the user keeps the state, and only the history grows.
    /// </remarks>
    /// <exception cref="ArgumentException">The user or an item is unknown. Nothing was changed.</exception>
    /// <exception cref="IOException">The log did not take it: the disk is full, or failed. Nothing was changed.</exception>
    /// <exception cref="ObjectDisposedException">The engine was disposed.</exception>
    public void AddInteractions(string userId, params IReadOnlyList<string> itemIds)
    {
        ArgumentNullException.ThrowIfNull(itemIds);
        Write(now =>
        {
            CheckUsers(now, [userId], adds: false);
            int position = now.Users.Ids.PositionOf(userId);
            return [ComputeUser(now, userId, null, [.. now.Users.Histories[position][0].Span, .. Positions("item", now.Items.Ids, itemIds, $"user '{userId}'")]) with { Position = position }];
        });
    }

    /// <summary>Removes a user, who is answered as an unknown one from then on.</summary>
    /// <returns>Whether the user was there.</returns>
    public bool RemoveUser(string userId) => RemoveUsers([userId]) == 1;

    /// <summary>Removes users together.</summary>
    /// <returns>How many of them were there.</returns>
    public int RemoveUsers(IEnumerable<string> userIds)
    {
        ArgumentNullException.ThrowIfNull(userIds);
        string[] ids = [.. userIds];
        return Hide(ids, isItem: false);
    }

    private async Task PutUsersAsync(IReadOnlyList<NewUser> users, bool adds, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(users);
        // before a language model is asked
        var snapshot = _snapshot;
        CheckUsers(snapshot, users.Select(user => user.Id), adds);
        foreach (var user in users)
            if (user.History is { } history) Positions("item", snapshot.Items.Ids, history, $"user '{user.Id}'");
        var described = users.Where(user => user.Values is not null || user.SemanticVector is not null || user.Knowledge is not null)
            .Select(user => new JoiningRows.Given(user.Id, user.Values ?? new Dictionary<string, object>(), user.SemanticVector, user.Knowledge));
        var rows = (await _userRows.ReadAsync([.. described], featuresMaySuffice: adds, cancellationToken).ConfigureAwait(false)).ToDictionary(row => row.Id, StringComparer.Ordinal);
        PutUsers([.. users.Select(user => (user.Id, rows.GetValueOrDefault(user.Id), user.History))], adds);
    }

    private void PutUsers((string Id, JoiningRows.Row? Row, IReadOnlyList<string>? History)[] rows, bool adds)
    {
        var snapshot = _snapshot;
        var computed = rows.Select(row => Compute(snapshot, row)).ToArray();
        Write(now =>
        {
            CheckUsers(now, rows.Select(row => row.Id), adds);
            // what a change leaves as it is, is what another has written meanwhile
            Change.UserChange[] changes = [.. rows.Zip(computed, (row, change) => now.Users.HasSame(snapshot.Users, row.Id) ? change : Compute(now, row))];
            return Placed(now.Users.Ids, changes, change => change.Id, (change, position) => change with { Position = position });
        });

        Change.UserChange Compute(EngineSnapshot tables, (string Id, JoiningRows.Row? Row, IReadOnlyList<string>? History) row) =>
            ComputeUser(tables, row.Id, row.Row, row.History is { } items ? Positions("item", tables.Items.Ids, items, $"user '{row.Id}'") : null);
    }

    private static void CheckUsers(EngineSnapshot snapshot, IEnumerable<string> ids, bool adds) => CheckIds("user", snapshot.Users.Ids, snapshot.Users.IsHidden, ids, adds);

    private Change.UserChange ComputeUser(EngineSnapshot snapshot, string id, JoiningRows.Row? row, int[]? items)
    {
        var tables = snapshot.Users;
        int position = tables.Ids.PositionOf(id);
        int known = position < tables.Ids.FittedCount ? position : -1;
        bool isThere = position >= 0 && !tables.IsHidden(position);       // one that was removed and comes back begins anew
        int[] history = items ?? (isThere ? tables.Histories[position][0].ToArray() : []);
        int[] codes = row?.Codes ?? (isThere ? tables.Codes[position][0] : []);
        var features = row is not null ? _pass.UserFeatures.Of(known, row.Features, row.Codes, row.Semantic)
            : isThere ? tables.Features[position][0] : _pass.UserFeatures.Unknown;
        // where the graph has no order, it has an edge per pair, however often the pair occurred
        int[] read = _pass.Graph is not { } graph ? [] : graph.ReadsHistory ? history[Math.Max(0, history.Length - graph.ItemsRead)..] : [.. history.Distinct()];
        // without codes no pass makes a state: it stays as it is, and is that of unknown users where somebody joins or comes back
        bool keeps = isThere && (codes.Length == 0 || (row is null && _pass.Graph is { HasSinglePasses: false }));
        var state = keeps ? new(tables.States[position].ToArray(), tables.Nodes[position].ToArray()) : _pass.User(codes.Length == 0 ? -1 : known, codes, Gather(snapshot.Items.Nodes, read));
        RequireFinite("user", id, state.State, state.Node);
        return new(position, id, codes, state, history, features);
    }
}
