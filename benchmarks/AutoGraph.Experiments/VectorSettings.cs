namespace AutoGraph.Experiments;

/// <summary>What the semantic vectors of a command are made of, for results and reports.</summary>
internal static class VectorSettings
{
    public static string Of(RunOptions options) => string.Join("; ",
        $"items: {options.ItemsKnowledge?.Name ?? "the data set's own texts"}", $"users: {RunCommand.Name(options.UserTextOrDefault)}{(options.UsersKnowledge is { } users && options.UserTextOrDefault == UserText.Llm ? $" ({users.Name})" : "")}",
        $"encoder: {options.Encoder?.Name ?? "corpus encoder (TF-IDF and truncated SVD)"}");
}
