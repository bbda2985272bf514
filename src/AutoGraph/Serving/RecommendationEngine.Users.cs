using AutoGraph.Core.Features;
using Microsoft.ML;

namespace AutoGraph;

public sealed partial class RecommendationEngine
{
    /// <summary>Adds a user: features, codes and history; the user vector is computed with each request.</summary>
    /// <inheritdoc cref="AddUsers(IReadOnlyList{NewUser})"/>
    public void AddUser(NewUser user) => AddUsers([user]);

    /// <summary>Adds users; all of them become visible together, with one flush of the log.</summary>
    /// <param name="users">The users; a removed one may come back.</param>
    /// <remarks>The vectors of all others keep their values, also those of the items of <see cref="NewUser.History"/>.</remarks>
    /// <exception cref="ArgumentException">An id is there already or occurs twice, an item is unknown, or a value is missing or does not serve. Nothing was added.</exception>
    /// <exception cref="InvalidOperationException">The model lacks what makes codes or vectors; the message says what.</exception>
    /// <exception cref="IOException">The log did not take it: the disk is full, or failed. Nothing was added.</exception>
    /// <exception cref="ObjectDisposedException">The engine was disposed.</exception>
    public void AddUsers(IReadOnlyList<NewUser> users) => PutUsers(users, adds: true);

    /// <summary>Adds the users of a table with the columns of the user table fitted, without a history so far.</summary>
    /// <param name="rows">The rows; features that are not there are unknown.</param>
    /// <param name="idColumn">The column of ids.</param>
    /// <inheritdoc cref="AddUsers(IReadOnlyList{NewUser})"/>
    public void AddUsers(IDataView rows, string idColumn)
    {
        ArgumentNullException.ThrowIfNull(rows);
        PutUsers([.. _userRows.Read(rows, idColumn).Select(row => (row.Id, (JoiningRows.Row?)row, (IReadOnlyList<string>?)null))], adds: true);
    }

    /// <summary>Gives a user new features, a new history or both; one that was trained keeps the id embedding.</summary>
    /// <inheritdoc cref="UpdateUsers"/>
    public void UpdateUser(NewUser user) => UpdateUsers([user]);

    /// <summary>Changes users; all changes become visible together.</summary>
    /// <param name="users">What changes; features and codes stay where <see cref="NewUser.Values"/> and <see cref="NewUser.SemanticVector"/> are null, the history where <see cref="NewUser.History"/> is.</param>
    /// <exception cref="ArgumentException">A user is unknown or occurs twice, an item is unknown, or a value is missing or does not serve. Nothing was changed.</exception>
    /// <inheritdoc cref="AddUsers(IReadOnlyList{NewUser})"/>
    public void UpdateUsers(IReadOnlyList<NewUser> users) => PutUsers(users, adds: false);

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

    private void PutUsers(IReadOnlyList<NewUser> users, bool adds)
    {
        ArgumentNullException.ThrowIfNull(users);
        PutUsers([.. users.Select(user => (user.Id, user.Values is null && user.SemanticVector is null ? null : _userRows.Read(user.Id, user.Values ?? new Dictionary<string, object>(), user.SemanticVector), user.History))], adds);
    }

    private void PutUsers((string Id, JoiningRows.Row? Row, IReadOnlyList<string>? History)[] rows, bool adds)
    {
        var snapshot = _snapshot;
        CheckIds("user", snapshot.Users.Ids, snapshot.Users.IsHidden, rows.Select(row => row.Id), adds);
        var changes = rows.Select(row => Compute(snapshot, row.Id, row.Row, row.History)).ToArray();
        Write(now =>
        {
            CheckIds("user", now.Users.Ids, now.Users.IsHidden, changes.Select(change => change.Id), adds);
            return Placed(now.Users.Ids, changes, change => change.Id, (change, position) => change with { Position = position });
        });
    }

    private Change.UserChange Compute(EngineSnapshot snapshot, string id, JoiningRows.Row? row, IReadOnlyList<string>? itemIds)
    {
        var tables = snapshot.Users;
        int position = tables.Ids.PositionOf(id);
        int known = position < tables.Ids.FittedCount ? position : -1;
        int[] history = itemIds is not null ? Positions("item", snapshot.Items.Ids, itemIds, $"user '{id}'") : position >= 0 ? tables.Histories[position][0].ToArray() : [];
        int[] codes = row?.Codes ?? (position >= 0 ? tables.Codes[position][0] : []);
        var features = row is not null ? _pass.UserFeatures.Of(known, row.Features, row.Codes, row.Semantic)
            : position >= 0 ? tables.Features[position][0] : _pass.UserFeatures.Unknown;
        return new(position, id, codes, _pass.User(known, codes, Gather(snapshot.Items.Nodes, history)), history, features);
    }
}
