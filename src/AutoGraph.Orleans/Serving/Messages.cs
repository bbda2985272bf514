namespace AutoGraph.Orleans.Serving;

/// <summary>A row of an item as it is at a stamp.</summary>
/// <param name="Id">The item.</param>
/// <param name="Stamp">0: as fitted; -1: nobody knows it; else the ticket of its latest change.</param>
/// <param name="Change">The change, or null.</param>
[GenerateSerializer, Immutable, Alias("autograph.row")]
internal sealed record StampedRow([property: Id(0)] string Id, [property: Id(1)] long Stamp, [property: Id(2)] byte[]? Change);

/// <summary>An item of a history, and the stamp of the row that was read.</summary>
[GenerateSerializer, Immutable, Alias("autograph.seen")]
internal readonly record struct SeenItem([property: Id(0)] string Id, [property: Id(1)] long Stamp);

/// <summary>A request to one shard.</summary>
/// <param name="Version">The model, chosen once for the whole request.</param>
/// <param name="Vectors">[K, D].</param>
/// <param name="Count">Items wanted.</param>
/// <param name="NewItems">Places for new items.</param>
/// <param name="ExcludeSeen">Whether items of the history are left out.</param>
/// <param name="Allow">The only items that may come, or null.</param>
/// <param name="Deny">Items that may not.</param>
/// <param name="Seen">The history's items of this shard.</param>
[GenerateSerializer, Immutable, Alias("autograph.search")]
internal sealed record SearchMessage([property: Id(0)] string Version, [property: Id(1)] float[] Vectors, [property: Id(2)] int Count, [property: Id(3)] int NewItems, [property: Id(4)] bool ExcludeSeen,
    [property: Id(5)] string[]? Allow, [property: Id(6)] string[] Deny, [property: Id(7)] SeenItem[] Seen);

[GenerateSerializer, Immutable, Alias("autograph.found")]
internal readonly record struct FoundItem([property: Id(0)] string Id, [property: Id(1)] float Score, [property: Id(2)] long Order, [property: Id(3)] bool IsNew, [property: Id(4)] int[] Codes)
{
    internal static FoundItem Of(SliceItem item) => new(item.Id, item.Score, item.Order, item.IsNew, item.Codes);

    internal SliceItem ToItem() => new(Id, Score, Order, IsNew, Codes);
}

/// <summary>The answer of one shard.</summary>
/// <param name="Stale">Rows of the history that are other ones by now: the vector must be made anew. Then nothing was searched.</param>
/// <param name="Best">The best items.</param>
/// <param name="New">The best new items.</param>
[GenerateSerializer, Immutable, Alias("autograph.search.answer")]
internal sealed record SearchAnswer([property: Id(0)] StampedRow[] Stale, [property: Id(1)] FoundItem[] Best, [property: Id(2)] FoundItem[] New);

/// <summary>What a client asks of a user or for a history.</summary>
[GenerateSerializer, Immutable, Alias("autograph.recommend")]
internal sealed record RecommendMessage([property: Id(0)] string? Version, [property: Id(1)] int Count, [property: Id(2)] bool ExcludeSeen, [property: Id(3)] string[]? Allow, [property: Id(4)] string[] Deny,
    [property: Id(5)] int NewItems, [property: Id(6)] string[]? History)
{
    internal RequestOptions Options => new() { ExcludeSeen = ExcludeSeen, Allow = Allow, Deny = Deny, NewItems = NewItems };
}

[GenerateSerializer, Immutable, Alias("autograph.reason")]
internal sealed record ReasonMessage([property: Id(0)] int Level, [property: Id(1)] int Code, [property: Id(2)] string[] HistoryItems, [property: Id(3)] string? Name);

[GenerateSerializer, Immutable, Alias("autograph.recommendation")]
internal sealed record RecommendationMessage([property: Id(0)] string ItemId, [property: Id(1)] float Score, [property: Id(2)] ReasonMessage[] Reasons);

/// <summary>An answer and the version that gave it.</summary>
[GenerateSerializer, Immutable, Alias("autograph.recommend.answer")]
internal sealed record RecommendAnswer([property: Id(0)] string Version, [property: Id(1)] RecommendationMessage[] Items);

/// <summary>What was given of an item or a user, however it changed since.</summary>
[GenerateSerializer, Immutable, Alias("autograph.given")]
internal sealed record GivenRow([property: Id(0)] string Id, [property: Id(1)] Dictionary<string, object>? Values, [property: Id(2)] float[]? SemanticVector, [property: Id(3)] string? Knowledge,
    [property: Id(4)] string[]? Others)
{
    internal static GivenRow Of(NewItem item) => new(item.Id, item.Values.Count == 0 ? null : Plain(item.Values), item.SemanticVector?.ToArray(), item.Knowledge, item.Users?.ToArray());

    internal static GivenRow Of(NewUser user) => new(user.Id, user.Values is null ? null : Plain(user.Values), user.SemanticVector?.ToArray(), user.Knowledge, user.History?.ToArray());

    /// <summary>Whether it says what the row is, beside whom it has to do with.</summary>
    internal bool Describes => Values is not null || SemanticVector is not null || Knowledge is not null;

    internal NewItem ToItem(IReadOnlyList<string>? users) => new(Id) { Values = Values ?? [], SemanticVector = SemanticVector, Knowledge = Knowledge, Users = users };

    internal NewUser ToUser(IReadOnlyList<string>? history) => new(Id) { Values = Values, SemanticVector = SemanticVector, Knowledge = Knowledge, History = history };

    // what a message can carry; the view refuses other kinds as the engine does
    private static Dictionary<string, object> Plain(IReadOnlyDictionary<string, object> values)
    {
        _ = new RowsView(values);
        return values.ToDictionary(pair => pair.Key, pair => pair.Value switch
        {
            string or bool or float or double or byte or short or int or uint or long or ulong or DateTime => pair.Value,
            IEnumerable<string> texts => texts.ToArray(),
            IEnumerable<float> numbers => numbers.ToArray(),
            IEnumerable<double> numbers => numbers.ToArray(),
            IEnumerable<int> numbers => numbers.ToArray(),
            IEnumerable<long> numbers => numbers.ToArray(),
            IEnumerable<bool> truths => truths.ToArray(),
            System.Text.Json.JsonElement json => RowsView.Plain(json)!,      // the view has refused null
            var other => other,
        }, StringComparer.Ordinal);
    }
}

/// <summary>What items read of a user.</summary>
/// <param name="IsKnown">Whether there is such a user, removed or not.</param>
/// <param name="Change">The user's rows; null: as fitted.</param>
[GenerateSerializer, Immutable, Alias("autograph.node")]
internal sealed record UserNode([property: Id(0)] bool IsKnown, [property: Id(1)] byte[]? Change);
