namespace AutoGraph.Experiments;

/// <summary>Where the data sets and the recorded texts about them lie under one folder.</summary>
internal static class DataRoot
{
    private sealed record Place(string Folder, string? ItemTexts = null, string? UserTexts = null);

    private static readonly Dictionary<string, Place> Places = new(StringComparer.Ordinal)
    {
        ["ml-1m"] = new("ml-1m", "text/llm_items_deepseek.json"),
        ["ml-100k"] = new("ml-100k", "text/llm_items.jsonl", "text/llm_users.jsonl"),
        ["amazon-beauty"] = new("amazon-beauty"),
        ["book-crossing"] = new("book-crossing"),
        ["lastfm"] = new("lastfm-hetrec2011", "llm_colakg/llm_response_item.json", "llm_colakg/llm_response_user.json"),
    };

    /// <summary>The options for one data set: its folder and the recorded texts in it, where they are not given one by one.</summary>
    /// <exception cref="ArgumentException">The root has no folder for the data set.</exception>
    public static RunOptions Locate(RunOptions options, string dataset)
    {
        options = options with { Dataset = dataset };
        if (options.DataRoot is null || options.Data is not null || !Places.TryGetValue(dataset, out var place)) return options;
        string folder = Path.Combine(options.DataRoot.FullName, place.Folder);
        if (!Directory.Exists(folder)) throw new ArgumentException($"--data-root: expected the folder '{place.Folder}' of {dataset} in {options.DataRoot.FullName}, found none.");
        return options with
        {
            Data = new(folder),
            ItemsKnowledge = options.ItemsKnowledge ?? Existing(folder, place.ItemTexts),
            UsersKnowledge = options.UsersKnowledge ?? Existing(folder, place.UserTexts),
        };
    }

    private static FileInfo? Existing(string folder, string? name) => name is not null && File.Exists(Path.Combine(folder, name)) ? new(Path.Combine(folder, name)) : null;
}
