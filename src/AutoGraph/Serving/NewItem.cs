namespace AutoGraph;

/// <summary>An item to add to an engine, or to change in it.</summary>
/// <param name="Id">Its id.</param>
/// <remarks>Immutable by contract.</remarks>
public sealed record NewItem(string Id)
{
    /// <summary>
    /// Values by column of the item table: what the fitted pipeline of the items reads and what the recommender reads as features. Text, truth values,
    /// numbers, times, arrays of text or numbers, or a <see cref="System.Text.Json.JsonElement"/> of those; unknown values are left out, but for the columns that a prompt names. Default none; an update with none keeps
    /// what the item has.
    /// </summary>
    public IReadOnlyDictionary<string, object> Values { get; init; } = new Dictionary<string, object>();

    /// <summary>The semantic vector, in place of what the pipeline would make of <see cref="Values"/>. Default null.</summary>
    public IReadOnlyList<float>? SemanticVector { get; init; }

    /// <summary>The knowledge text, in place of what a language model would answer or the pipeline would read; encoded as the texts of the fit were. Default null.</summary>
    public string? Knowledge { get; init; }

    /// <summary>Ids of users who interacted with it; an update with null keeps those that it had. Default null: none so far.</summary>
    public IReadOnlyList<string>? Users { get; init; }
}
