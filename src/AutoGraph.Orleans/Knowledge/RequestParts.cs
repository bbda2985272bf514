namespace AutoGraph.Orleans.Knowledge;

/// <summary>Rows in messages far below Orleans' limit of 100 MB, which one message may not pass.</summary>
internal static class RequestParts
{
    internal const int MostRows = 1000, MostCharacters = 2_000_000, LongestPrompt = 20_000_000;        // up to 60 MB as it travels

    /// <summary>The rows in their order; one of more than <see cref="MostCharacters"/> is alone.</summary>
    internal static IEnumerable<RequestMessage[]> Of(IReadOnlyList<RequestMessage> rows)
    {
        var part = new List<RequestMessage>();
        long characters = 0;
        foreach (var row in rows)
        {
            int own = row.Id.Length + row.Prompt.Length;
            if (part.Count == MostRows || (part.Count > 0 && characters + own > MostCharacters))
            {
                yield return [.. part];
                part.Clear();
                characters = 0;
            }
            part.Add(row);
            characters += own;
        }
        if (part.Count > 0) yield return [.. part];
    }
}
