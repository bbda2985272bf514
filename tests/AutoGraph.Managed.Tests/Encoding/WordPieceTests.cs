using System.Text;
using AutoGraph.Onnx;
using Microsoft.Extensions.AI;
using Xunit;

namespace AutoGraph.Managed.Tests.Encoders;

/// <summary>BERT encoders as Hugging Face lays them out; expected ids by hand over <see cref="TinyEncoder.BertPieces"/>.</summary>
public class WordPieceTests
{
    private static readonly BertText Uncased = new(CleanText: true, SplitChinese: true, StripAccents: true, Lowercase: true);

    // The rules of Hugging Face's BertNormalizer and BertPreTokenizer. These tests run with InvariantGlobalization, where .NET itself does not decompose.
    [Theory]
    [InlineData("The Film, unlikely!", "the film , unlikely !")]
    [InlineData("Café ÜBER Ångström", "cafe uber angstrom")]
    [InlineData("cafe\u0301", "cafe")]
    [InlineData("$5.30 + x^2", "$ 5 . 30 + x ^ 2")]
    [InlineData("東京タワー", "東 京 タワー")]
    [InlineData("が", "か")]                                  // the mark of voicing is a mark
    [InlineData("한", "\u1112\u1161\u11ab")]                  // Hangul falls apart into letters
    [InlineData("a\u200bb\u0000c\ufffd", "abc")]
    [InlineData("a\tb\u00a0c\u3000d\r\ne", "a b c d e")]
    [InlineData("“the”—x…", "“ the ” — x …")]
    [InlineData("Ελλάδα Йод", "ελλαδα иод")]
    [InlineData("", "")]
    public void Prepare_UncasedText_GivesWordsAndMarksApart(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', Uncased.Prepare(text).Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    [Fact]
    public void Prepare_CasedText_KeepsCaseAndAccents() =>
        Assert.Equal("Café ,  東京", (Uncased with { Lowercase = false, StripAccents = false, SplitChinese = false }).Prepare("Café, 東京"));

    [Theory]
    [InlineData("The film", new[] { 5, 6 })]
    [InlineData("unlikely, CAFÉ.", new[] { 7, 8, 9, 11, 10, 12 })]
    [InlineData("$5+x", new[] { 13, 15, 14, 20 })]
    [InlineData("xxx xy", new[] { 20, 21, 21, 1 })]         // no piece ##y: the whole word is unknown
    [InlineData("東が", new[] { 16, 17 })]
    [InlineData("[CLS] the", new[] { 1, 1, 1, 5 })]          // special tokens are not made from text
    [InlineData(" \n", new int[0])]
    public void Encode_BothKindsOfFiles_GiveTheIdsByHand(string text, int[] ids)
    {
        foreach (var json in (bool[])[false, true])
        {
            using var files = TinyEncoder.CreateBert(json);
            using var encoder = OnnxTextEncoder.Load(files.Folder);
            Assert.Equal(ids, encoder.Vocabulary.Encode(text));
            Assert.Equal([2], encoder.Vocabulary.Before);
            Assert.Equal([3], encoder.Vocabulary.After);
        }
    }

    // "the film" → 2 5 6 3; the vector of an id is (id, 1).
    [Theory]
    [InlineData(null, 4)]
    [InlineData(TokenPooling.Mean, 4)]
    [InlineData(TokenPooling.Cls, 2)]
    [InlineData(TokenPooling.Last, 3)]
    public async Task GenerateAsync_SpecialTokens_ArePooledAsSentenceTransformersDo(TokenPooling? pooling, float x)
    {
        using var files = TinyEncoder.CreateBert(inner: true);
        using var encoder = OnnxTextEncoder.Load(files.Folder, new() { Pooling = pooling });
        var result = await encoder.GenerateAsync(["the film", "the film, the film."], cancellationToken: TestContext.Current.CancellationToken);
        var norm = MathF.Sqrt(x * x + 1);
        Assert.Equal(x / norm, result[0].Vector.Span[0], 1e-6f);
        Assert.Equal(1 / norm, result[0].Vector.Span[1], 1e-6f);
        Assert.Equal(4 + 8, result.Usage!.InputTokenCount);
    }

    [Fact]
    public async Task GenerateAsync_FilesBesideTheModel_SetPoolingAndWindow()
    {
        using var files = TinyEncoder.CreateBert();
        files.Write("1_Pooling/config.json", """{"word_embedding_dimension": 2, "pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}"""u8.ToArray());
        files.Write("sentence_bert_config.json", """{"max_seq_length": 5, "do_lower_case": false}"""u8.ToArray());
        files.Write("tokenizer_config.json", """{"do_lower_case": true, "model_max_length": 1000000000000000019884624838656}"""u8.ToArray());
        using var encoder = OnnxTextEncoder.Load(files.Folder);
        Assert.EndsWith("+tokens=5+Cls", encoder.ModelId, StringComparison.Ordinal);
        Assert.Equal([[5, 6, 12], [20]], encoder.Chunk("The film. x"));
        Assert.Equal(2 / MathF.Sqrt(5), (await encoder.GenerateVectorAsync("x", cancellationToken: TestContext.Current.CancellationToken)).Span[0], 1e-6f);
        using var own = OnnxTextEncoder.Load(files.Folder, new() { MaxTokens = 9, Pooling = TokenPooling.Mean });
        Assert.Single(own.Chunk("The film. x"));
    }

    [Fact]
    public async Task GenerateAsync_Prefix_StandsBeforeEveryChunkAndInTheModelId()
    {
        using var files = TinyEncoder.CreateBert();
        using var plain = OnnxTextEncoder.Load(files.Folder, new() { MaxTokens = 6 });
        using var prefixed = OnnxTextEncoder.Load(files.Folder, new() { MaxTokens = 8, Prefix = "query: " });
        // Windows of 4 content tokens: sentences "the film." (3) and "the x." (3). Means over [CLS] query : … [SEP].
        Assert.Equal([[5, 6, 12], [5, 20, 12]], prefixed.Chunk("the film. the x."));
        float first = (2 + 18 + 19 + 5 + 6 + 12 + 3) / 7f, second = (2 + 18 + 19 + 5 + 20 + 12 + 3) / 7f, x = (3 * first + 3 * second) / 6;
        var vector = await prefixed.GenerateVectorAsync("the film. the x.", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(x / MathF.Sqrt(x * x + 1), vector.Span[0], 1e-6f);
        Assert.Matches(@"\+tokens=8\+prefix=[0-9a-f]{8}$", prefixed.ModelId);
        Assert.DoesNotContain("prefix", plain.ModelId, StringComparison.Ordinal);
        Assert.Contains("above the 4 special tokens and prefix, found 4", Assert.Throws<ArgumentException>(() => OnnxTextEncoder.Load(files.Folder, new() { MaxTokens = 4, Prefix = "query:" })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_VocabularyWithCapitals_KeepsCase()
    {
        using var files = TinyEncoder.CreateBert(pieces: ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "The", "é"]);
        using var encoder = OnnxTextEncoder.Load(files.Folder);
        Assert.Equal([5, 1, 6], encoder.Vocabulary.Encode("The the é"));
    }

    [Fact]
    public void Load_SeveralModels_TakesTheUsualOneOrTheNamed()
    {
        using var files = TinyEncoder.CreateBert(inner: true);
        files.Write("onnx/model_quantized.onnx", File.ReadAllBytes(Path.Combine(files.Folder, "onnx", "model.onnx")));
        using var usual = OnnxTextEncoder.Load(files.Folder);
        using var named = OnnxTextEncoder.Load(files.Folder, new() { ModelFile = "onnx/model_quantized.onnx" });
        Assert.StartsWith("model@", usual.ModelId, StringComparison.Ordinal);
        Assert.StartsWith("model_quantized@", named.ModelId, StringComparison.Ordinal);
        Assert.Contains("'no.onnx'", Assert.Throws<FileNotFoundException>(() => OnnxTextEncoder.Load(files.Folder, new() { ModelFile = "no.onnx" })).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tokenizer.json", """{"model": {"type": "BPE", "vocab": {}, "merges": []}}""", "found BPE")]
    [InlineData("tokenizer.json", """{"model": {"type": "Unigram", "vocab": []}}""", "found Unigram")]
    [InlineData("tokenizer.json", "not json", "found something else")]
    [InlineData("tokenizer.json", """{"model": {"type": "WordPiece", "vocab": {}}}""", "no pieces")]
    [InlineData("tokenizer.json", """{"model": {"type": "WordPiece", "vocab": {"[UNK]": 0}}, "normalizer": {"type": "NFC"}}""", "the normalizer NFC")]
    [InlineData("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n", "the piece [SEP]")]
    [InlineData("1_Pooling/config.json", """{"pooling_mode_max_tokens": true}""", "pooling_mode_cls_token")]
    public void Load_FilesOfAnotherKind_AreNamed(string file, string content, string expected)
    {
        using var files = TinyEncoder.CreateBert();
        if (file == "tokenizer.json") File.Delete(Path.Combine(files.Folder, "vocab.txt"));
        files.Write(file, Encoding.UTF8.GetBytes(content));
        var error = Assert.Throws<InvalidDataException>(() => OnnxTextEncoder.Load(files.Folder));
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    // "LLM as encoder": a decoder's SentencePiece with its begin mark (id 5), position ids, the mean over its last hidden layer.
    [Fact]
    public async Task GenerateAsync_DecoderModel_IsTheMeanOfItsLastHiddenStates()
    {
        using var files = TinyEncoder.Create(positions: true);
        files.Write("tokenizer_config.json", """{"add_bos_token": true, "add_eos_token": false}"""u8.ToArray());
        using var encoder = OnnxTextEncoder.Load(files.Folder, new() { Pooling = TokenPooling.Mean });
        Assert.Equal([5], encoder.Vocabulary.Before);
        Assert.Empty(encoder.Vocabulary.After);
        // Mean of <s> (6, 2), a (3, 0), b (0, 4): (3, 2).
        var vector = await encoder.GenerateVectorAsync("a b", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(3 / MathF.Sqrt(13), vector.Span[0], 1e-6f);
        Assert.Equal(2 / MathF.Sqrt(13), vector.Span[1], 1e-6f);
    }
}
