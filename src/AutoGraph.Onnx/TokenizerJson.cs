using System.Text.Json;

namespace AutoGraph.Onnx;

/// <summary>Reads what Hugging Face's <c>tokenizer.json</c> has in common for all algorithms.</summary>
internal static class TokenizerJson
{
    /// <summary>The algorithm, such as WordPiece, BPE or Unigram; older files do not name it, and it shows in the model.</summary>
    public static string KindOf(string path) => Read(path, "a tokenizer", root => root.GetProperty("model") is var model && model.TryGetProperty("type", out var type) ? type.GetString()!
        : model.TryGetProperty("vocab", out var vocabulary) && vocabulary.ValueKind == JsonValueKind.Array ? UnigramPieces.Kind
        : model.TryGetProperty("continuing_subword_prefix", out _) && !model.TryGetProperty("merges", out _) ? WordPieceFiles.Kind : "unnamed");

    /// <summary>Ids of the special tokens around a single text, by the post-processor; null where the file has none.</summary>
    public static (int[] Before, int[] After)? Around(JsonElement root)
    {
        if (!root.TryGetProperty("post_processor", out var processor) || processor.ValueKind == JsonValueKind.Null) return null;
        List<int> before = [], after = [];
        Add(processor);
        return ([.. before], [.. after]);

        void Add(JsonElement processor)
        {
            switch (Text(processor, "type"))
            {
                case "BertProcessing" or "RobertaProcessing":
                    before.Insert(0, processor.GetProperty("cls")[1].GetInt32());
                    after.Add(processor.GetProperty("sep")[1].GetInt32());
                    break;
                case "TemplateProcessing":
                    var special = processor.GetProperty("special_tokens");
                    int first = 0, texts = 0;
                    foreach (var part in processor.GetProperty("single").EnumerateArray())
                    {
                        if (!part.TryGetProperty("SpecialToken", out var token))
                        {
                            texts++;
                            continue;
                        }
                        foreach (var id in special.GetProperty(token.GetProperty("id").GetString()!).GetProperty("ids").EnumerateArray())
                            if (texts == 0) before.Insert(first++, id.GetInt32());
                            else after.Add(id.GetInt32());
                    }
                    if (texts != 1) throw new JsonException($"{texts} places for the text in the template for a single one, expected one.");
                    break;
                // Each goes around what those before it made.
                case "Sequence":
                    foreach (var step in processor.GetProperty("processors").EnumerateArray()) Add(step);
                    break;
                case "ByteLevel": // moves offsets, no ids
                    break;
                case var type:
                    throw new JsonException($"the post-processor {type}, expected TemplateProcessing, BertProcessing, RobertaProcessing or a Sequence of them.");
            }
        }
    }

    /// <summary>Reads a file; what is not as expected becomes an error that names it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="role">What it should be, for the error.</param>
    /// <param name="read">Takes its root.</param>
    public static T Read<T>(string path, string role, Func<JsonElement, T> read)
    {
        try
        {
            using var stream = File.OpenRead(path);
            using var json = JsonDocument.Parse(stream);
            return read(json.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"Expected {role} of Hugging Face in '{path}', found something else: {e.Message}", e);
        }
    }

    public static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static bool? Flag(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : null;
}
