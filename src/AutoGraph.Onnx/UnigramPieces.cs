using System.Text.Json;

namespace AutoGraph.Onnx;

/// <summary>Ids of pieces by a <c>tokenizer.json</c> whose model is Unigram: those the encoder was trained with, where its SentencePiece file counts otherwise (XLM-RoBERTa: by one).</summary>
/// <param name="Path">The file.</param>
/// <param name="Ids">Id of each piece: its place in <c>model.vocab</c>.</param>
/// <param name="Unknown">Id of what no piece spells, <c>model.unk_id</c>.</param>
/// <param name="Around">Ids before and behind each text, by the post-processor; null where the file has none.</param>
internal sealed record UnigramPieces(string Path, IReadOnlyDictionary<string, int> Ids, int Unknown, (int[] Before, int[] After)? Around)
{
    /// <summary>The algorithm's name in the file.</summary>
    public const string Kind = "Unigram";

    public static UnigramPieces Read(string path) => TokenizerJson.Read(path, "a Unigram tokenizer", root =>
    {
        var model = root.GetProperty("model");
        if (TokenizerJson.Flag(model, "byte_fallback") == true) throw new JsonException("byte_fallback, which is not read.");
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        int count = 0;
        foreach (var piece in model.GetProperty("vocab").EnumerateArray()) ids[piece[0].GetString()!] = count++;
        if (!model.TryGetProperty("unk_id", out var unknown) || unknown.ValueKind != JsonValueKind.Number || unknown.GetInt32() < 0 || unknown.GetInt32() >= count)
            throw new JsonException($"the unk_id {(unknown.ValueKind == JsonValueKind.Undefined ? "none" : unknown.GetRawText())}, expected one of the {count} pieces.");
        return new UnigramPieces(path, ids, unknown.GetInt32(), TokenizerJson.Around(root));
    });
}
