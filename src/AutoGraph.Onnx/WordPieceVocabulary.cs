using Microsoft.ML.Tokenizers;

namespace AutoGraph.Onnx;

/// <summary>A WordPiece vocabulary with BERT's preparation of texts.</summary>
internal sealed class WordPieceVocabulary : ITextTokens
{
    private readonly WordPieceTokenizer _tokenizer;
    private readonly BertText _preparation;

    private WordPieceVocabulary(WordPieceTokenizer tokenizer, BertText preparation, int[] before, int[] after, string settings) =>
        (_tokenizer, _preparation, Before, After, Settings) = (tokenizer, preparation, before, after, settings);

    public int[] Before { get; }

    public int[] After { get; }

    public string Settings { get; }

    /// <param name="tokens">The pieces, in the order of their ids.</param>
    /// <param name="preparation">What happens to a text first.</param>
    /// <param name="unknown">The piece for what no piece spells.</param>
    /// <param name="prefix">Mark of pieces within a word, <c>##</c>.</param>
    /// <param name="longestWord">Characters of a word above which it is unknown as a whole.</param>
    /// <param name="before">Ids before each text.</param>
    /// <param name="after">Ids behind it.</param>
    /// <param name="settings">Settings that the pieces do not imply.</param>
    public static WordPieceVocabulary Create(IEnumerable<string> tokens, BertText preparation, string unknown, string prefix, int longestWord, int[] before, int[] after, string settings = "")
    {
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', tokens)));
        return new(
            WordPieceTokenizer.Create(stream, new WordPieceOptions
            {
                PreTokenizer = PreTokenizer.CreateWhiteSpace(),
                UnknownToken = unknown,
                ContinuingSubwordPrefix = prefix,
                MaxInputCharsPerWord = longestWord,
            }),
            preparation, before, after, settings);
    }

    public int[] Encode(ReadOnlySpan<char> text) => text.IsWhiteSpace() ? [] : [.. _tokenizer.EncodeToIds(_preparation.Prepare(text))];
}
