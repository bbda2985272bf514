using System.Text;
using System.Text.Json;

namespace AutoGraph.Datasets;

/// <summary>Recorded knowledge: texts that a language model wrote earlier, by user or item id.</summary>
/// <remarks>Immutable by contract; safe for concurrent use.</remarks>
public sealed class KnowledgeFile
{
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _skipped = new(StringComparer.Ordinal);
    private readonly string _path;

    private KnowledgeFile(string path) => _path = path;

    /// <summary>The text of each id.</summary>
    public IReadOnlyDictionary<string, string> Texts => _texts;

    /// <summary>Number of ids whose text is null or blank; they are not in <see cref="Texts"/>.</summary>
    public int Skipped => _skipped.Count;

    /// <summary>
    /// Reads UTF-8 text, by the end of the name: <c>.json</c> one object <c>{"id": "text", …}</c>; <c>.jsonl</c> or <c>.ndjson</c> one
    /// <c>{"id": …, "text": …}</c> per line (other properties are ignored, a number serves as id too). Each may end in <c>.gz</c>.
    /// </summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The content is not as expected, or an id occurs twice; the message names file, place, expected and found.</exception>
    public static KnowledgeFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path)) throw new FileNotFoundException($"Expected a file of recorded knowledge at '{path}', found none.", path);
        var file = new KnowledgeFile(path);
        try
        {
            using var reader = new StreamReader(DataFile.Open(path), new UTF8Encoding(false, throwOnInvalidBytes: true));
            switch (Path.GetExtension(DataFile.IsCompressed(path) ? path[..^3] : path).ToUpperInvariant())
            {
                case ".JSON": file.ReadObject(reader); break;
                case ".JSONL" or ".NDJSON": file.ReadLines(reader); break;
                default: throw new InvalidDataException($"{path}: expected a name that ends in .json, .jsonl or .ndjson (and .gz), found '{Path.GetFileName(path)}'.");
            }
        }
        catch (DecoderFallbackException cause)
        {
            throw new InvalidDataException($"{path}: expected UTF-8 text, found bytes that are not. Convert the file.", cause);
        }
        return file;
    }

    private void ReadObject(StreamReader reader)
    {
        using var document = Parse(ReadAll(reader), line: 1);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw Bad("one JSON object {\"id\": \"text\", …}", $"a JSON {document.RootElement.ValueKind}");
        foreach (var entry in document.RootElement.EnumerateObject()) Add(entry.Name, entry.Value, $"id '{entry.Name}'");
    }

    private void ReadLines(StreamReader reader)
    {
        for (int line = 1; ReadLine(reader, line) is { } text; line++)
        {
            if (string.IsNullOrWhiteSpace(text)) continue;
            using var document = Parse(text, line);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("id", out var id) || !root.TryGetProperty("text", out var value))
                throw Bad("an object with \"id\" and \"text\"", $"'{Shorten(text)}'", line);
            string key = id.ValueKind switch
            {
                JsonValueKind.String => id.GetString()!,
                JsonValueKind.Number => id.GetRawText(),
                _ => throw Bad("a string or number as \"id\"", $"'{Shorten(id.GetRawText())}'", line),
            };
            Add(key, value, $"line {line}");
        }
    }

    private void Add(string id, JsonElement value, string place)
    {
        if (id.Length == 0) throw new InvalidDataException($"{_path}, {place}: expected an id, found an empty one.");
        if (value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
            throw new InvalidDataException($"{_path}, {place}: expected a text or null, found '{Shorten(value.GetRawText())}'.");
        string? text;
        try
        {
            text = value.GetString();
        }
        catch (InvalidOperationException cause)
        {
            throw new InvalidDataException($"{_path}, {place}: expected a text of whole Unicode characters, found half of a surrogate pair.", cause);
        }
        if (_skipped.Contains(id) || _texts.ContainsKey(id))
            throw new InvalidDataException($"{_path}, {place}: expected each id once, found '{id}' again. Keep one text per id.");
        if (string.IsNullOrWhiteSpace(text)) _skipped.Add(id);
        else _texts.Add(id, text);
    }

    private JsonDocument Parse(string json, int line)
    {
        try
        {
            return JsonDocument.Parse(json);
        }
        catch (JsonException cause)
        {
            throw new InvalidDataException($"{_path}, line {line + (cause.LineNumber ?? 0)}: expected JSON, found '{Shorten(json)}' ({cause.Message})", cause);
        }
    }

    private string ReadAll(StreamReader reader) => Whole(reader.ReadToEnd, 0) ?? "";

    private string? ReadLine(StreamReader reader, int line) => Whole(reader.ReadLine, line - 1);

    private string? Whole(Func<string?> read, int after)
    {
        try
        {
            return read();
        }
        catch (Exception cause) when (DataFile.IsCompressed(_path) && cause is InvalidDataException or EndOfStreamException)
        {
            throw new InvalidDataException($"{_path}, after line {after}: expected a whole gzip file, found a damaged or truncated one. Copy it again.", cause);
        }
    }

    private InvalidDataException Bad(string expected, string found, int line = 1) => new($"{_path}, line {line}: expected {expected}, found {found}.");

    private static string Shorten(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
