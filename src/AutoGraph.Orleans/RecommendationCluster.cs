using AutoGraph.Orleans.Rollouts;
using AutoGraph.Orleans.Serving;

namespace AutoGraph.Orleans;

/// <summary>The engine of a cluster, for clients and silos: the answers are those of one <see cref="RecommendationEngine"/> with the same model and the same changes, to the bit and in the same order.</summary>
/// <remarks>
/// Safe for concurrent use. A request reads one model version from its beginning to its end. A call that changes something returns when the grain storage has it; what
/// a call that failed wanted may still show, as with any network. Errors are those of the engine: same types, same messages.
/// </remarks>
public sealed class RecommendationCluster
{
    private readonly IGrainFactory _grains;

    /// <summary>Creates one; usually the container does (<see cref="ClusterHosting"/>).</summary>
    /// <param name="grains">The client of the cluster, or a silo's grain factory.</param>
    public RecommendationCluster(IGrainFactory grains)
    {
        ArgumentNullException.ThrowIfNull(grains);
        _grains = grains;
    }

    /// <summary>The best items for a user; see <see cref="RecommendationEngine.Recommend(string, int, RequestOptions)"/>.</summary>
    /// <param name="userId">The user; an unknown or removed one is answered as a typical user without a history.</param>
    /// <param name="count">Items wanted, at least 1. Default 10.</param>
    /// <param name="options">What may come; null: the defaults. <see cref="RequestOptions.Where"/> and <see cref="RequestOptions.ContentWeight"/> do not serve here; all items are scored.</param>
    /// <param name="version">The model that must answer; null: the active one.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="NotSupportedException">An option does not serve in a cluster.</exception>
    /// <exception cref="InvalidDataException">The cluster does not serve that version.</exception>
    /// <exception cref="InvalidOperationException">No model is active yet.</exception>
    public async Task<ClusterAnswer> RecommendAsync(string userId, int count = 10, RequestOptions? options = null, string? version = null)
    {
        ArgumentNullException.ThrowIfNull(userId);
        var message = Message(count, options, version, null);
        return Answer(await (userId.Length == 0 ? Gateway.RecommendAsync(message with { History = [] }) : _grains.GetGrain<IUserGrain>(userId).RecommendAsync(message)).ConfigureAwait(false));
    }

    /// <summary>The best items after a history at hand; see <see cref="RecommendationEngine.RecommendFor(IEnumerable{string}, int, RequestOptions, string?)"/>.</summary>
    /// <param name="history">Item ids, oldest first; unknown ones are left out.</param>
    /// <param name="count">Items wanted, at least 1. Default 10.</param>
    /// <param name="options">What may come; null: the defaults.</param>
    /// <param name="userId">The user whose history it is, or null for nobody known.</param>
    /// <param name="version">The model that must answer; null: the active one.</param>
    /// <inheritdoc cref="RecommendAsync" path="/exception"/>
    public async Task<ClusterAnswer> RecommendForAsync(IEnumerable<string> history, int count = 10, RequestOptions? options = null, string? userId = null, string? version = null)
    {
        ArgumentNullException.ThrowIfNull(history);
        var message = Message(count, options, version, [.. history]);
        return Answer(await (string.IsNullOrEmpty(userId) ? Gateway.RecommendAsync(message) : _grains.GetGrain<IUserGrain>(userId).RecommendAsync(message)).ConfigureAwait(false));
    }

    /// <summary>Adds an item; see <see cref="RecommendationEngine.AddItemAsync"/>. Several are added by several calls, each by itself.</summary>
    /// <exception cref="ArgumentException">The id is there already, a user is unknown, or a value is missing or does not serve. Nothing was added.</exception>
    /// <exception cref="InvalidOperationException">The model, or one that is being rolled out, lacks what the item needs; the message says what. Nothing was added.</exception>
    /// <exception cref="NotSupportedException">The model has enhancements whose item vectors only a fit makes.</exception>
    /// <exception cref="IOException">The grain storage did not take it, or did not say.</exception>
    public Task AddItemAsync(NewItem item) => PutAsync(item, adds: true);

    /// <summary>Gives an item new features, new users or both; see <see cref="RecommendationEngine.UpdateItem"/>.</summary>
    /// <exception cref="ArgumentException">The item or a user is unknown, or a value is missing or does not serve. Nothing was changed.</exception>
    /// <inheritdoc cref="AddItemAsync" path="/exception"/>
    public Task UpdateItemAsync(NewItem item) => PutAsync(item, adds: false);

    /// <summary>Removes an item: no version recommends it any more, until it is added again.</summary>
    /// <returns>Whether it was there.</returns>
    public Task<bool> RemoveItemAsync(string itemId)
    {
        ArgumentException.ThrowIfNullOrEmpty(itemId);
        return Gateway.RemoveAsync(null, itemId);
    }

    /// <summary>Adds a user; see <see cref="RecommendationEngine.AddUserAsync"/>.</summary>
    /// <exception cref="ArgumentException">The id is there already, an item is unknown, or a value is missing or does not serve. Nothing was added.</exception>
    /// <inheritdoc cref="AddItemAsync" path="/exception"/>
    public Task AddUserAsync(NewUser user) => PutAsync(user, adds: true);

    /// <summary>Gives a user new features, a new history or both; see <see cref="RecommendationEngine.UpdateUser"/>.</summary>
    /// <exception cref="ArgumentException">The user or an item is unknown, or a value is missing or does not serve. Nothing was changed.</exception>
    /// <inheritdoc cref="AddItemAsync" path="/exception"/>
    public Task UpdateUserAsync(NewUser user) => PutAsync(user, adds: false);

    /// <summary>Adds items to the end of a user's history; see <see cref="RecommendationEngine.AddInteractions"/>.</summary>
    /// <exception cref="ArgumentException">The user or an item is unknown. Nothing was changed.</exception>
    public Task AddInteractionsAsync(string userId, params IReadOnlyList<string> itemIds)
    {
        ArgumentException.ThrowIfNullOrEmpty(userId);
        ArgumentNullException.ThrowIfNull(itemIds);
        return _grains.GetGrain<IUserGrain>(userId).AppendAsync(null, [.. itemIds]);
    }

    /// <summary>Removes a user, who is answered as an unknown one from then on, until added again.</summary>
    /// <returns>Whether the user was there.</returns>
    public Task<bool> RemoveUserAsync(string userId)
    {
        ArgumentException.ThrowIfNullOrEmpty(userId);
        return _grains.GetGrain<IUserGrain>(userId).RemoveAsync(null);
    }

    /// <summary>
    /// Rolls a model out: all silos load it while the old one serves, then it becomes active, then the old one is released. Published again before it is released
    /// (<see cref="ClusterOptions.ReleaseAfter"/>), the old one is active again at once, with the <paramref name="dataUntil"/> that it had.
    /// </summary>
    /// <param name="name">A name that no other file had.</param>
    /// <param name="path">The file that <see cref="AutoGraphCatalog.Save"/> wrote; this process and every silo can read it at this path.</param>
    /// <param name="dataUntil">
    /// When the tables were read that the model was fitted with, by the clock of the silos. What changed up to then of users and items in these tables is in the data, and not made again;
    /// what changed later is made again for the new model. A moment that is too late loses changes, one that is too early costs work only.
    /// </param>
    /// <param name="cancellationToken">Stops the wait, not the rollout.</param>
    /// <returns>Completes when the version is active and every silo answers by it.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="ArgumentException">The name is that of another file, or was, whether that model was rolled out or not.</exception>
    /// <exception cref="InvalidOperationException">Another rollout is under way.</exception>
    /// <exception cref="InvalidDataException">
    /// A silo could not load the model, or the model cannot take users and items that joined for want of a service such as an encoder; the message says where and why. The old
    /// one stays active. Publish the model again when that is mended.
    /// </exception>
    public async Task PublishAsync(string name, string path, DateTimeOffset dataUntil, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = Path.GetFullPath(path);
        await Models.PublishAsync(new(name, full, await Task.Run(() => ModelHost.HashOf(full), cancellationToken).ConfigureAwait(false), dataUntil)).ConfigureAwait(false);
        for (; ; await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken).ConfigureAwait(false))
        {
            var status = await StatusAsync().ConfigureAwait(false);
            if (status.Active?.Name == name)
            {
                if (await Models.IsKnownAsync(status.Revision).ConfigureAwait(false)) return;
            }
            else if (status.Next?.Name != name) throw new InvalidDataException($"The model '{name}' was not rolled out. {status.Failure}");
        }
    }

    /// <summary>Which models the cluster serves.</summary>
    public Task<RolloutStatus> StatusAsync() => Models.StatusAsync();

    private IGatewayGrain Gateway => _grains.GetGrain<IGatewayGrain>(0);

    private IModelsGrain Models => _grains.GetGrain<IModelsGrain>(0);

    private Task PutAsync(NewItem item, bool adds)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (string.IsNullOrEmpty(item.Id)) throw new ArgumentException("Expected an id of every item, found none.");
        return Gateway.PutAsync(null, GivenRow.Of(item), adds);
    }

    private Task PutAsync(NewUser user, bool adds)
    {
        ArgumentNullException.ThrowIfNull(user);
        if (string.IsNullOrEmpty(user.Id)) throw new ArgumentException("Expected an id of every user, found none.");
        return _grains.GetGrain<IUserGrain>(user.Id).PutAsync(null, GivenRow.Of(user), adds);
    }

    // errors of the caller before anything is sent
    internal static RecommendMessage Message(int count, RequestOptions? options, string? version, string[]? history)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        (options ??= RequestOptions.Default).Validate();
        if (options.Where is not null) throw new NotSupportedException($"Expected no {nameof(RequestOptions.Where)} in a request to a cluster, found one: code does not travel. Use {nameof(RequestOptions.Allow)} and {nameof(RequestOptions.Deny)}.");
        if (options.ContentWeight > 0) throw new NotSupportedException($"Expected a {nameof(RequestOptions.ContentWeight)} of 0 in a request to a cluster, found {options.ContentWeight}: it needs the scores of all items in one place. Use {nameof(RequestOptions.NewItems)}, or one machine.");
        return new(version, count, options.ExcludeSeen, options.Allow?.ToArray(), [.. options.Deny], options.NewItems, history);
    }

    private static ClusterAnswer Answer(RecommendAnswer answer) => new(answer.Version, [.. answer.Items.Select(item => new Recommendation(item.ItemId, item.Score,
        [.. item.Reasons.Select(reason => new SharedFactor(reason.Level, reason.Code, reason.HistoryItems) { Name = reason.Name })]))]);
}
