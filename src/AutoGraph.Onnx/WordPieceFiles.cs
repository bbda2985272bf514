using System.Text.Json;

namespace AutoGraph.Onnx;

/// <summary>Reads WordPiece vocabularies as Hugging Face stores them.</summary>
internal static class WordPieceFiles
{
    private const string Unknown = "[UNK]", Classification = "[CLS]", Separator = "[SEP]", Mark = "##";
    private const int LongestWord = 100;

    /// <summary>The algorithm of a <c>tokenizer.json</c>, such as WordPiece, BPE or Unigram.</summary>
    public static string KindOf(string path) => Read(path, root => root.GetProperty("model") is var model && model.TryGetProperty("type", out var type) ? type.GetString()!
        : model.TryGetProperty("continuing_subword_prefix", out _) && !model.TryGetProperty("merges", out _) ? "WordPiece" : "unnamed");

    /// <summary>A <c>tokenizer.json</c> whose model is WordPiece.</summary>
    public static WordPieceVocabulary FromJson(string path) => Read(path, root =>
    {
        var model = root.GetProperty("model");
        var pieces = new SortedDictionary<int, string>();
        foreach (var piece in model.GetProperty("vocab").EnumerateObject()) pieces[piece.Value.GetInt32()] = piece.Name;
        if (root.TryGetProperty("added_tokens", out var added))
            foreach (var token in added.EnumerateArray()) pieces[token.GetProperty("id").GetInt32()] = token.GetProperty("content").GetString()!;
        if (pieces.Count == 0 || pieces.Keys.First() < 0) throw new JsonException("no pieces with ids from 0 on.");
        // A place for every id: some vocabularies leave gaps.
        var tokens = Enumerable.Range(0, pieces.Keys.Last() + 1).Select(id => pieces.GetValueOrDefault(id) ?? $"[gap {id}]");
        var (before, after) = Around(root);
        return WordPieceVocabulary.Create(
            tokens, Preparation(root), Text(model, "unk_token") ?? Unknown, Text(model, "continuing_subword_prefix") ?? Mark,
            model.TryGetProperty("max_input_chars_per_word", out var longest) ? longest.GetInt32() : LongestWord, before, after);
    });

    /// <summary>A <c>vocab.txt</c>, one piece a line; its settings stand in <c>tokenizer_config.json</c>, or show in the vocabulary.</summary>
    public static WordPieceVocabulary FromText(string path, EncoderSettings settings)
    {
        string[] tokens = [.. File.ReadLines(path).Select(line => line.TrimEnd('\r'))];
        int Id(string token) => Array.IndexOf(tokens, token) is >= 0 and var id ? id
            : throw new InvalidDataException($"Expected the piece {token} in the WordPiece vocabulary '{path}', found none in {tokens.Length} lines. A tokenizer.json beside it may name others.");
        _ = Id(Unknown);
        var implied = !tokens.Any(token => !token.StartsWith('[') && token.Any(char.IsAsciiLetterUpper));
        var lower = settings.Lowercase ?? implied;
        var preparation = new BertText(CleanText: true, settings.SplitChinese ?? true, settings.StripAccents ?? lower, lower);
        var others = (lower == implied ? "" : lower ? "+lower" : "+cased")
            + (preparation.StripAccents == lower ? "" : preparation.StripAccents ? "+strip" : "+accents") + (preparation.SplitChinese ? "" : "+whole");
        return WordPieceVocabulary.Create(tokens, preparation, Unknown, Mark, LongestWord, [Id(Classification)], [Id(Separator)], others);
    }

    private static BertText Preparation(JsonElement root)
    {
        if (!root.TryGetProperty("normalizer", out var normalizer) || normalizer.ValueKind == JsonValueKind.Null) return new(false, false, false, false);
        if (Text(normalizer, "type") is not "BertNormalizer" and var type) throw new JsonException($"the normalizer {type}, expected BertNormalizer.");
        var lower = Flag(normalizer, "lowercase") ?? true;
        return new(Flag(normalizer, "clean_text") ?? true, Flag(normalizer, "handle_chinese_chars") ?? true, Flag(normalizer, "strip_accents") ?? lower, lower);
    }

    private static (int[] Before, int[] After) Around(JsonElement root)
    {
        if (!root.TryGetProperty("post_processor", out var processor) || processor.ValueKind == JsonValueKind.Null) return ([], []);
        switch (Text(processor, "type"))
        {
            case "BertProcessing" or "RobertaProcessing":
                return ([processor.GetProperty("cls")[1].GetInt32()], [processor.GetProperty("sep")[1].GetInt32()]);
            case "TemplateProcessing":
                var special = processor.GetProperty("special_tokens");
                List<int> before = [], after = [];
                var target = before;
                foreach (var part in processor.GetProperty("single").EnumerateArray())
                    if (part.TryGetProperty("SpecialToken", out var token)) target.AddRange(special.GetProperty(token.GetProperty("id").GetString()!).GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()));
                    else target = after;
                return ([.. before], [.. after]);
            case var type:
                throw new JsonException($"the post-processor {type}, expected TemplateProcessing or BertProcessing.");
        }
    }

    private static T Read<T>(string path, Func<JsonElement, T> read)
    {
        try
        {
            using var stream = File.OpenRead(path);
            using var json = JsonDocument.Parse(stream);
            return read(json.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new InvalidDataException($"Expected a WordPiece tokenizer of Hugging Face in '{path}', found something else: {e.Message}", e);
        }
    }

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool? Flag(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : null;
}
