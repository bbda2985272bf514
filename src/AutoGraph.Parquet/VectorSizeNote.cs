using System.Text.Json;
using Parquet.Meta;

namespace AutoGraph;

/// <summary>The sizes of vector columns, as a note in a file's key-value metadata: <c>{"Vector":512}</c>.</summary>
internal static class VectorSizeNote
{
    internal const string Key = "AutoGraph.VectorSizes";

    internal static string Format(IReadOnlyDictionary<string, int> sizes) => JsonSerializer.Serialize(sizes);

    /// <summary>The sizes noted in a file; none where it has no note. Other tools keep notes of columns that they dropped, so names need not be the file's.</summary>
    /// <exception cref="InvalidDataException">The note is not a JSON object of sizes.</exception>
    internal static Dictionary<string, int> Read(string path, IEnumerable<KeyValue> metadata)
    {
        var sizes = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var note in metadata.Where(entry => entry.Key == Key))
        {
            try
            {
                using var json = JsonDocument.Parse(note.Value ?? "");
                if (json.RootElement.ValueKind != JsonValueKind.Object) throw Malformed(path, note.Value, null);
                foreach (var entry in json.RootElement.EnumerateObject())
                {
                    bool serves = entry.Value.ValueKind == JsonValueKind.Number && entry.Value.TryGetInt32(out int size) && size > 0 && (sizes.TryAdd(entry.Name, size) || sizes[entry.Name] == size);
                    if (!serves) throw Malformed(path, note.Value, null);
                }
            }
            catch (JsonException exception)
            {
                throw Malformed(path, note.Value, exception);
            }
        }
        return sizes;
    }

    private static InvalidDataException Malformed(string path, string? found, JsonException? cause) => new(
        $"Expected a JSON object of sizes of 1 or more by column, such as {{\"Vector\":512}}, in the metadata entry '{Key}' of '{path}', found '{found}'. Write the file anew without the entry.", cause);
}
