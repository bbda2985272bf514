using System.Text.Json;

namespace AutoGraph.Onnx;

/// <summary>Reads WordPiece vocabularies as Hugging Face stores them.</summary>
internal static class WordPieceFiles
{
    /// <summary>The algorithm's name in <c>tokenizer.json</c>.</summary>
    public const string Kind = "WordPiece";

    private const string Unknown = "[UNK]", Classification = "[CLS]", Separator = "[SEP]", Mark = "##";
    private const int LongestWord = 100;

    /// <summary>A <c>tokenizer.json</c> whose model is WordPiece.</summary>
    public static WordPieceVocabulary FromJson(string path) => TokenizerJson.Read(path, "a WordPiece tokenizer", root =>
    {
        var model = root.GetProperty("model");
        var pieces = new SortedDictionary<int, string>();
        foreach (var piece in model.GetProperty("vocab").EnumerateObject()) pieces[piece.Value.GetInt32()] = piece.Name;
        if (root.TryGetProperty("added_tokens", out var added))
            foreach (var token in added.EnumerateArray()) pieces[token.GetProperty("id").GetInt32()] = token.GetProperty("content").GetString()!;
        if (pieces.Count == 0 || pieces.Keys.First() < 0) throw new JsonException("no pieces with ids from 0 on.");
        // A place for every id: some vocabularies leave gaps.
        var tokens = Enumerable.Range(0, pieces.Keys.Last() + 1).Select(id => pieces.GetValueOrDefault(id) ?? $"[gap {id}]");
        var (before, after) = TokenizerJson.Around(root) ?? ([], []);
        return WordPieceVocabulary.Create(
            tokens, Preparation(root), TokenizerJson.Text(model, "unk_token") ?? Unknown, TokenizerJson.Text(model, "continuing_subword_prefix") ?? Mark,
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
        if (TokenizerJson.Text(normalizer, "type") is not "BertNormalizer" and var type) throw new JsonException($"the normalizer {type}, expected BertNormalizer.");
        var lower = TokenizerJson.Flag(normalizer, "lowercase") ?? true;
        return new(TokenizerJson.Flag(normalizer, "clean_text") ?? true, TokenizerJson.Flag(normalizer, "handle_chinese_chars") ?? true, TokenizerJson.Flag(normalizer, "strip_accents") ?? lower, lower);
    }
}
