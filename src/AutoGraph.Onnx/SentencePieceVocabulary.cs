using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;

namespace AutoGraph.Onnx;

/// <summary>A SentencePiece model that gives the ids the original C++ library gives. Safe for concurrent use.</summary>
internal sealed partial class SentencePieceVocabulary : ITextTokens
{
    private readonly SentencePieceTokenizer _tokenizer;

    private SentencePieceVocabulary(SentencePieceTokenizer tokenizer, bool addBegin, bool addEnd) => (_tokenizer, Before, After, Settings) =
        (tokenizer, addBegin ? [tokenizer.BeginningOfSentenceId] : [], addEnd ? [tokenizer.EndOfSentenceId] : [], (addBegin ? "+bos" : "") + (addEnd ? "+eos" : ""));

    public int[] Before { get; }

    public int[] After { get; }

    public string Settings { get; }

    public static SentencePieceVocabulary Load(string path, bool addBegin, bool addEnd)
    {
        using var stream = File.OpenRead(path);
        try
        {
            return new(SentencePieceTokenizer.Create(stream, addBeginningOfSentence: false, addEndOfSentence: false), addBegin, addEnd);
        }
        // The reader is generated protobuf code: a foreign file surfaces as one of many exception types, none of them public.
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new InvalidDataException($"Expected a SentencePiece model in '{path}', found something that cannot be read as one ({e.Message}).", e);
        }
    }

    /// <summary>Ids of a text whose line breaks and tabs count as spaces: vocabularies have no piece for them, each would be an &lt;unk&gt;.</summary>
    public int[] Encode(ReadOnlySpan<char> text) => text.IsWhiteSpace() ? [] : EncodeExactly(LineSpace().Replace(text.ToString(), " "));

    /// <summary>Ids of a text as it stands.</summary>
    public int[] EncodeExactly(string text)
    {
        var ids = _tokenizer.EncodeToIds(text);
        var kept = new List<int>(ids.Count);
        foreach (var id in ids)
            // The original emits one <unk> for a run of unknown characters, Microsoft's tokenizer one for each.
            if (id != _tokenizer.UnknownId || kept.Count == 0 || kept[^1] != id)
                kept.Add(id);
        return [.. kept];
    }

    [GeneratedRegex(@"[\t\n\v\f\r\u0085\u2028\u2029]+")]
    private static partial Regex LineSpace();
}
