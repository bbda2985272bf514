using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;

namespace AutoGraph.Onnx;

/// <summary>
/// A SentencePiece model that gives the ids the original C++ library gives; or those that a <c>tokenizer.json</c> gives its pieces, where the encoder has one. Safe for
/// concurrent use.
/// </summary>
internal sealed partial class SentencePieceVocabulary : ITextTokens
{
    private readonly SentencePieceTokenizer _tokenizer;
    private readonly int[]? _ids; // by the ids of the SentencePiece model; null where those are the encoder's
    private readonly int _unknown;

    private SentencePieceVocabulary(SentencePieceTokenizer tokenizer, int[]? ids, int unknown, int[] before, int[] after, string settings) =>
        (_tokenizer, _ids, _unknown, Before, After, Settings) = (tokenizer, ids, unknown, before, after, settings);

    public int[] Before { get; }

    public int[] After { get; }

    public string Settings { get; }

    /// <param name="path">The SentencePiece file.</param>
    /// <param name="addBegin">Whether its begin token goes before each text, where <paramref name="pieces"/> do not tell.</param>
    /// <param name="addEnd">Whether its end token goes behind it.</param>
    /// <param name="pieces">The encoder's ids of the pieces; null: the file's own.</param>
    public static SentencePieceVocabulary Load(string path, bool addBegin, bool addEnd, UnigramPieces? pieces = null)
    {
        SentencePieceTokenizer tokenizer;
        SentencePieceFile file;
        try
        {
            file = SentencePieceFile.Read(path);
            using var stream = new MemoryStream(file.Bytes);
            tokenizer = SentencePieceTokenizer.Create(stream, addBeginningOfSentence: false, addEndOfSentence: false);
        }
        // The reader is generated protobuf code: a foreign file surfaces as one of many exception types, none of them public.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new InvalidDataException($"Expected a SentencePiece model in '{path}', found something that cannot be read as one ({e.Message}).", e);
        }
        var ids = pieces is null ? null : Map(path, tokenizer, pieces);
        int unknown = pieces?.Unknown ?? tokenizer.UnknownId;
        if (pieces?.Around is { } around) return new(tokenizer, ids, unknown, around.Before, around.After, "");
        return new(tokenizer, ids, unknown,
            addBegin ? [Special(file.HasBegin, tokenizer.BeginningOfSentenceToken, tokenizer.BeginningOfSentenceId, "begins", "add_bos_token")] : [],
            addEnd ? [Special(file.HasEnd, tokenizer.EndOfSentenceToken, tokenizer.EndOfSentenceId, "ends", "add_eos_token")] : [],
            (addBegin ? "+bos" : "") + (addEnd ? "+eos" : ""));

        int Special(bool isThere, string piece, int id, string does, string setting) =>
            isThere && pieces is null ? id
            : isThere && pieces!.Ids.TryGetValue(piece, out id) ? id
            : throw new InvalidDataException($"Expected a token that {does} texts in '{(isThere ? pieces!.Path : path)}', because tokenizer_config.json says {setting}, found none{(isThere ? $" of the name {piece}" : "")}.");
    }

    private static int[] Map(string path, SentencePieceTokenizer tokenizer, UnigramPieces pieces)
    {
        var ids = new int[tokenizer.Vocabulary.Values.Max() + 1];
        Array.Fill(ids, pieces.Unknown);
        int known = 0;
        foreach (var (piece, id) in tokenizer.Vocabulary)
            if (id != tokenizer.UnknownId && pieces.Ids.TryGetValue(piece, out ids[id])) known++;
            else ids[id] = pieces.Unknown;
        // A few pieces may be missing; with most of them missing every text would be a row of <unk>.
        if (2 * known < tokenizer.Vocabulary.Count)
            throw new InvalidDataException($"Expected the pieces of '{path}' in '{pieces.Path}', found {known} of {tokenizer.Vocabulary.Count}: these are files of two encoders.");
        return ids;
    }

    /// <summary>Ids of a text whose line breaks and tabs count as spaces: vocabularies have no piece for them, each would be an &lt;unk&gt;.</summary>
    public int[] Encode(ReadOnlySpan<char> text) => text.IsWhiteSpace() ? [] : EncodeExactly(LineSpace().Replace(text.ToString(), " "));

    /// <summary>Ids of a text as it stands.</summary>
    public int[] EncodeExactly(string text)
    {
        var ids = _tokenizer.EncodeToIds(text);
        var kept = new List<int>(ids.Count);
        foreach (var own in ids)
        {
            int id = _ids is null ? own : _ids[own];
            // The originals emit one <unk> for a run of unknown characters, Microsoft's tokenizer one for each.
            if (id != _unknown || kept.Count == 0 || kept[^1] != id)
                kept.Add(id);
        }
        return [.. kept];
    }

    [GeneratedRegex(@"[\t\n\v\f\r\u0085\u2028\u2029]+")]
    private static partial Regex LineSpace();
}
