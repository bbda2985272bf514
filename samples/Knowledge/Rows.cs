using System.Text.Json;
using AutoGraph.Datasets;
using AutoGraph.Semantics.Knowledge;
using AutoGraph.Semantics.Prompting;

namespace Knowledge;

/// <summary>Rows of a table as prompts.</summary>
internal static class Rows
{
    public static IReadOnlyList<KnowledgeRequest> Read(Settings settings, PromptTemplate prompt)
    {
        var rows = settings.Table is null ? SampleBooks() : Table(settings.Table);
        var id = settings.Id ?? (settings.Table is null ? "BookId" : null);
        var requests = new List<KnowledgeRequest>();
        foreach (var row in rows)
        {
            string name = id is null ? $"row {requests.Count + 1}"
                : row.Remove(id, out var value) ? $"{value}"
                : throw new InvalidDataException($"Expected the id column '{id}' in row {requests.Count + 1}, found only {string.Join(", ", row.Keys)}.");
            requests.Add(new(name, prompt.Render(row)));
        }
        return requests;
    }

    private static IEnumerable<Dictionary<string, object?>> SampleBooks() => SampleWorld.Create().Data.Items.Select(book => new Dictionary<string, object?>
    {
        ["BookId"] = book.Id, ["Title"] = book.Title, ["Author"] = book.Author, ["Genre"] = book.Genre, ["Year"] = book.Year,
    });

    private static IEnumerable<Dictionary<string, object?>> Table(string path)
    {
        foreach (var (index, line) in File.ReadLines(path).Index())
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            Dictionary<string, JsonElement>? row;
            try
            {
                row = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(line);
            }
            catch (JsonException e)
            {
                throw new InvalidDataException($"Expected a JSON object in '{path}', line {index + 1}: {e.Message}", e);
            }
            yield return row!.ToDictionary(cell => cell.Key, cell => Value(cell.Value));
        }
    }

    private static object? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Array => value.EnumerateArray().Select(Value).ToArray(),
        _ => value.GetRawText(),
    };
}
