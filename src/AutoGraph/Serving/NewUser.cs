namespace AutoGraph;

/// <summary>A user to add to an engine, or to change in it.</summary>
/// <param name="Id">The id.</param>
/// <remarks>Immutable by contract.</remarks>
public sealed record NewUser(string Id)
{
    /// <summary>
    /// Values by column of the user table: what the fitted pipeline of the users reads and what the recommender reads as features; see
    /// <see cref="NewItem.Values"/>. Default null: where <see cref="SemanticVector"/> and <see cref="Knowledge"/> are null too, the history speaks alone, and the
    /// mean of all users stands in for codes. It does so too where a new user brings values of features alone and nothing that the pipeline begins with; an update then keeps to the rule of items.
    /// </summary>
    public IReadOnlyDictionary<string, object>? Values { get; init; }

    /// <summary>The semantic vector, in place of what the pipeline would make of <see cref="Values"/>. Default null.</summary>
    public IReadOnlyList<float>? SemanticVector { get; init; }

    /// <summary>The knowledge text, in place of what a language model would answer or the pipeline would read; encoded as the texts of the fit were. Default null.</summary>
    public string? Knowledge { get; init; }

    /// <summary>Ids of items, oldest first; an update with null keeps the history that there was. Default null: none so far, also for one that was removed and comes back.</summary>
    public IReadOnlyList<string>? History { get; init; }
}
