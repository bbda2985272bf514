namespace AutoGraph.Semantics.Knowledge;

/// <summary>Texts without U+0000, at which SQLite ends a text.</summary>
internal static class StorableText
{
    /// <summary>An answer without the character.</summary>
    public static string Clean(string text) => text.Replace("\0", "", StringComparison.Ordinal);

    /// <summary>Refuses it in what makes a key: a text cut off there would no longer be the text of its key.</summary>
    /// <param name="source">Prompt version, model and options.</param>
    /// <param name="prompt">The rendered prompt.</param>
    /// <exception cref="ArgumentException">One of them has it.</exception>
    public static void Require(KnowledgeSource source, string prompt)
    {
        foreach (var (role, text) in (ReadOnlySpan<(string, string)>)[("prompt version", source.PromptVersion), ("model", source.Model), ("options", source.Options), ("prompt", prompt)])
            if (text.IndexOf('\0', StringComparison.Ordinal) is >= 0 and var at)
                throw new ArgumentException($"Expected a {role} without U+0000, found one behind '{text[Math.Max(0, at - 60)..at]}'. Replace it by a space, as PromptTemplate does in values.");
    }
}
