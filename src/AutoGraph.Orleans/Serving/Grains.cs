using Orleans.Concurrency;

namespace AutoGraph.Orleans.Serving;

/// <summary>A part of the catalogue.</summary>
[Alias("autograph.shard")]
internal interface IShardGrain : IGrainWithIntegerKey
{
    [Alias("search"), ReadOnly] Task<SearchAnswer> SearchAsync(SearchMessage message);

    /// <summary>Rows of items by their stamps; those that the caller has already are left out.</summary>
    /// <param name="version">The model.</param>
    /// <param name="items">Items of this shard, and the stamps of the rows at hand.</param>
    /// <param name="before">Only changes with lower tickets count, and all of them are waited for; <see cref="long.MaxValue"/> for all there are.</param>
    [Alias("rows")] Task<StampedRow[]> RowsAsync(string version, SeenItem[] items, long before);

    [Alias("put")] Task PutAsync(string version, GivenRow item, bool adds);

    /// <returns>Whether it was there.</returns>
    [Alias("remove")] Task<bool> RemoveAsync(string version, string itemId);

    /// <summary>Fills the tables of a version, and returns when they are full.</summary>
    /// <exception cref="InvalidDataException">The version cannot take what joined, and asking again does not help.</exception>
    [Alias("prepare")] Task PrepareAsync(string version);

    /// <summary>Forgets the tables of all versions but these.</summary>
    [Alias("keep")] Task KeepAsync(string[] versions);
}

/// <summary>A user: history, vector and insertion.</summary>
[Alias("autograph.user")]
internal interface IUserGrain : IGrainWithStringKey
{
    [Alias("recommend"), ReadOnly] Task<RecommendAnswer> RecommendAsync(RecommendMessage message);

    [Alias("put")] Task PutAsync(string? version, GivenRow user, bool adds);

    /// <summary>Adds items to the end of the history.</summary>
    [Alias("append")] Task AppendAsync(string? version, string[] items);

    /// <returns>Whether the user was there.</returns>
    [Alias("remove")] Task<bool> RemoveAsync(string? version);

    /// <summary>What items read of the user.</summary>
    /// <param name="version">The model.</param>
    /// <param name="before">Where it must be made for this version: from changes with lower tickets only.</param>
    [Alias("node")] Task<UserNode> NodeAsync(string version, long before);
}

/// <summary>Answers for histories of nobody known, and finds the shards of items.</summary>
[Alias("autograph.gateway")]
internal interface IGatewayGrain : IGrainWithIntegerKey
{
    [Alias("recommend"), ReadOnly] Task<RecommendAnswer> RecommendAsync(RecommendMessage message);

    [Alias("put")] Task PutAsync(string? version, GivenRow item, bool adds);

    [Alias("remove")] Task<bool> RemoveAsync(string? version, string itemId);
}
