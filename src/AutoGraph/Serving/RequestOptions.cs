using AutoGraph.Core.Validation;

namespace AutoGraph;

/// <summary>What may come in an answer, and how items are scored.</summary>
/// <remarks>Immutable by contract.</remarks>
public sealed record RequestOptions
{
    /// <summary>Whether items of the history are left out. Default true.</summary>
    public bool ExcludeSeen { get; init; } = true;

    /// <summary>Ids of the only items that may come; unknown ones are ignored. Default null: all.</summary>
    public IReadOnlyCollection<string>? Allow { get; init; }

    /// <summary>Ids of items that may not come; unknown ones are ignored. Default none.</summary>
    public IReadOnlyCollection<string> Deny { get; init; } = [];

    /// <summary>Whether an item may come, by its id; asked only of items whose score would bring them into the answer, and never twice at a time within one request. Default null: all.</summary>
    public Func<string, bool>? Where { get; init; }

    /// <summary>
    /// Weight w of the content term, 0 to 100: score = z(model) + w · z(cosine of the item's semantic vector to the mean of the history's), z over all items, vectors
    /// centred at the mean of the items fitted. Items that joined after training have no interactions behind their model score, and known ones crowd them out of the
    /// first places; content knows both alike. Default 0, the model's score alone: choose it on validation rows (1 or 2 served on Amazon Beauty, 0 on MovieLens-1M).
    /// </summary>
    public double ContentWeight { get; init; }

    /// <summary>
    /// Quota N of new items, at least 0: of the K places of an answer at least min(N, K) are for items that no training row has, those that joined and those of the item
    /// table without a training interaction, if as many may come. The best of them by score take the places of the worst known items; the answer stays in the order of scores.
    /// A known item that gives way is lost to the answer. Default 0: none.
    /// </summary>
    public int NewItems { get; init; }

    /// <summary>Whether all items are scored also where the engine has an index (<see cref="EngineOptions.Index"/>). Default false.</summary>
    public bool Exact { get; init; }

    internal static RequestOptions Default { get; } = new();

    internal static RequestOptions WithSeen { get; } = new() { ExcludeSeen = false };

    /// <summary>Throws an <see cref="ArgumentException"/> that lists every invalid option.</summary>
    internal void Validate() => new Problems(nameof(RequestOptions))
        .Range(nameof(ContentWeight), ContentWeight, 0, 100)
        .Range(nameof(NewItems), NewItems, 0, int.MaxValue)
        .Require(Deny is not null, $"{nameof(Deny)}: expected a list, found null")
        .Throw();
}
