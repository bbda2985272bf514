using System.Text.Json;

namespace AutoGraph.Semantics.Knowledge;

/// <summary>Answers recorded elsewhere, by row id.</summary>
public static class RecordedAnswers
{
    /// <summary>
    /// Reads id → text from a file: one JSON object (<c>{"1": "text", …}</c>) or JSON Lines (<c>{"id": "1", "text": "…"}</c> each).
    /// </summary>
    /// <exception cref="InvalidDataException">The file is neither, or names an id twice.</exception>
    public static IReadOnlyDictionary<string, string> Read(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var answers = new Dictionary<string, string>(StringComparer.Ordinal);
        var line = 0;
        try
        {
            if (path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase))
            {
                foreach (var text in File.ReadLines(path))
                {
                    line++;
                    if (string.IsNullOrWhiteSpace(text)) continue;
                    using var json = JsonDocument.Parse(text);
                    var id = json.RootElement.GetProperty("id");
                    Add(id.ValueKind == JsonValueKind.Number ? id.GetRawText() : id.GetString()!, json.RootElement.GetProperty("text").GetString()!);
                }
            }
            else
            {
                using var stream = File.OpenRead(path);
                using var json = JsonDocument.Parse(stream);
                foreach (var property in json.RootElement.EnumerateObject()) Add(property.Name, property.Value.GetString()!);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new InvalidDataException(
                $"Expected recorded answers in '{path}'{(line > 0 ? $", line {line}" : "")}: a JSON object of id → text, or (*.jsonl) lines with \"id\" and \"text\"; {e.Message}", e);
        }
        return answers;

        void Add(string id, string text)
        {
            if (id is null || text is null) throw new JsonException("found null.");
            if (!answers.TryAdd(id, text)) throw new JsonException($"found the id '{id}' twice.");
        }
    }

    /// <summary>Stores recorded answers as if the prompts of these rows had been put to <paramref name="source"/>; blank answers are left out.</summary>
    /// <remarks>Rows with equal prompts share one answer, the first.</remarks>
    /// <param name="store">Where to.</param>
    /// <param name="source">Prompt version, and a name for the recording as the model.</param>
    /// <param name="rows">Row ids with rendered prompts.</param>
    /// <param name="answers">Row id → text.</param>
    /// <returns>How many of the rows now have an answer.</returns>
    /// <exception cref="InvalidDataException">No row has an answer: the ids are of another kind.</exception>
    public static int Import(this IKnowledgeStore store, KnowledgeSource source, IReadOnlyCollection<KnowledgeRequest> rows, IReadOnlyDictionary<string, string> answers)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(answers);
        var now = DateTimeOffset.UtcNow;
        KnowledgeRecord[] records = [.. from row in rows
                                        let text = answers.GetValueOrDefault(row.Id)
                                        where !string.IsNullOrWhiteSpace(text)
                                        select new KnowledgeRecord(source, row.Prompt, text) { Created = now }];
        if (records.Length == 0 && rows.Count > 0)
            throw new InvalidDataException(
                $"Expected recorded answers for ids such as '{rows.First().Id}', found {answers.Count} answers{(answers.Count > 0 ? $" for ids such as '{answers.Keys.First()}'" : "")}, none of which match.");
        store.Add(records);
        return records.Length;
    }
}
