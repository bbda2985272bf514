using System.Text.Json;
using AutoGraph.Onnx;
using Microsoft.Extensions.AI;
using Microsoft.ML.Tokenizers;
using Xunit;

namespace AutoGraph.Managed.Tests.Encoders;

/// <summary>Encoders with a Unigram tokenizer.json beside their SentencePiece file; expected ids by hand over the layouts of <see cref="TinyEncoder"/>.</summary>
public class UnigramTests
{
    private const string Template = """{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "x"}}, {"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "</s>"}}], "special_tokens": {"x": {"ids": [8, 7]}, "<s>": {"ids": [0]}, "</s>": {"ids": [2]}}}""";

    [Theory]
    [InlineData("a b.", new[] { 4, 5, 7 })]          // 3, 4, 6 in the SentencePiece file
    [InlineData("c\n a", new[] { 6, 4 })]
    [InlineData("axyz b", new[] { 4, 3, 5 })]        // one <unk> for the run, and it is 3 here, not 0
    [InlineData("a d b", new[] { 4, 3, 5 })]         // a piece that tokenizer.json does not have
    [InlineData("<s> a", new[] { 3, 4 })]            // special tokens are not made from text
    [InlineData(" \n", new int[0])]
    public void Encode_XlmRoberta_GivesTheIdsOfTheJson(string text, int[] ids)
    {
        using var files = TinyEncoder.CreateXlmRoberta();
        using var encoder = OnnxTextEncoder.Load(files.Folder);
        Assert.Equal(ids, encoder.Vocabulary.Encode(text));
        Assert.Equal([0], encoder.Vocabulary.Before);
        Assert.Equal([2], encoder.Vocabulary.After);
    }

    [Theory]
    [InlineData("a b.", new[] { 3, 4, 6 })]
    [InlineData("axyz b", new[] { 3, 2, 4 })]
    [InlineData("</s> a", new[] { 2, 3 })]
    public void Encode_T5_GivesTheIdsOfTheJsonAndEndsTexts(string text, int[] ids)
    {
        using var files = TinyEncoder.CreateT5();
        using var encoder = OnnxTextEncoder.Load(files.Folder);
        Assert.Equal(ids, encoder.Vocabulary.Encode(text));
        Assert.Empty(encoder.Vocabulary.Before);
        Assert.Equal([1], encoder.Vocabulary.After);
    }

    // The vector of id i is (i, 1): of mean pooling the first value over the second is the mean of the ids.
    [Theory]
    [InlineData("a b", 0, true, 11.0 / 4)]     // 0 4 5 2
    [InlineData("a b c", 3, false, 6.0 / 3)]   // cut: 0 4 2
    [InlineData("a b c", 4, false, 11.0 / 4)]  // 0 4 5 2
    [InlineData("a b c", 3, true, 7.0 / 3)]    // chunks 0 4 2, 0 5 2, 0 6 2: (6 + 7 + 8) / 9
    public async Task GenerateAsync_XlmRoberta_KeepsTheTokensAround(string text, int maxTokens, bool chunking, double mean)
    {
        using var files = TinyEncoder.CreateXlmRoberta();
        Assert.Equal(mean, await Mean(files, text, new() { MaxTokens = maxTokens > 0 ? maxTokens : null, Chunking = chunking }), 1e-5);
    }

    [Theory]
    [InlineData("a b", 0, true, 8.0 / 3)]      // 3 4 1
    [InlineData("a b c", 2, false, 4.0 / 2)]   // cut: 3 1
    [InlineData("a b c", 2, true, 5.0 / 2)]    // chunks 3 1, 4 1, 5 1
    public async Task GenerateAsync_T5_KeepsTheEnd(string text, int maxTokens, bool chunking, double mean)
    {
        using var files = TinyEncoder.CreateT5();
        Assert.Equal(mean, await Mean(files, text, new() { MaxTokens = maxTokens > 0 ? maxTokens : null, Chunking = chunking }), 1e-5);
    }

    [Theory]
    [InlineData(Template, new[] { 8, 7, 0 }, new[] { 2 })]
    [InlineData("""{"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0]}""", new[] { 0 }, new[] { 2 })]
    [InlineData("""{"type": "BertProcessing", "sep": ["[SEP]", 6], "cls": ["[CLS]", 5]}""", new[] { 5 }, new[] { 6 })]
    [InlineData("""{"type": "Sequence", "processors": [{"type": "ByteLevel"}, """ + Template + "]}", new[] { 8, 7, 0 }, new[] { 2 })]
    [InlineData("""{"type": "Sequence", "processors": [{"type": "BertProcessing", "sep": ["[SEP]", 6], "cls": ["[CLS]", 5]}, """ + Template + "]}", new[] { 8, 7, 0, 5 }, new[] { 6, 2 })]
    [InlineData("null", new int[0], new int[0])]
    public void Load_PostProcessor_TellsTheTokensAround(string processor, int[] before, int[] after)
    {
        using var files = TinyEncoder.CreateXlmRoberta(processor);
        // What the post-processor says goes before these; without one they hold.
        if (processor != "null") files.Write("tokenizer_config.json", """{"add_bos_token": true, "add_eos_token": true}"""u8.ToArray());
        using var encoder = OnnxTextEncoder.Load(files.Folder);
        Assert.Equal(before, encoder.Vocabulary.Before);
        Assert.Equal(after, encoder.Vocabulary.After);
    }

    [Fact]
    public void Load_NoPostProcessor_TakesTheFlagsWithTheIdsOfTheJson()
    {
        using var files = TinyEncoder.CreateXlmRoberta("null");
        files.Write("tokenizer_config.json", """{"add_bos_token": true, "add_eos_token": true}"""u8.ToArray());
        using var encoder = OnnxTextEncoder.Load(files.Folder);
        Assert.Equal([0], encoder.Vocabulary.Before); // 1 in the SentencePiece file
        Assert.Equal([2], encoder.Vocabulary.After);
        Assert.EndsWith("+bos+eos", encoder.ModelId, StringComparison.Ordinal);
    }

    [Fact]
    public void ModelId_WhatShapesTheIds_Counts()
    {
        using var files = TinyEncoder.CreateXlmRoberta();
        var ids = new List<string> { Id(files), Id(files) };
        Assert.Single(ids.Distinct());
        Assert.Matches("^model@[0-9a-f]{12}\\.[0-9a-f]{8}$", ids[0]);
        using var template = TinyEncoder.CreateXlmRoberta(Template);
        using var vocabulary = TinyEncoder.CreateXlmRoberta(vocabulary: ["<s>", "<pad>", "</s>", "<unk>", "▁b", "▁a", "▁c", ".", "<mask>"]);
        using var unknown = TinyEncoder.CreateXlmRoberta(model: """ "type": "Unigram", "unk_id": 1 """);
        ids.AddRange([Id(template), Id(vocabulary), Id(unknown)]);
        File.Delete(Path.Combine(files.Folder, "tokenizer.json"));
        ids.Add(Id(files));      // the raw ids, as vectors of earlier releases
        Assert.Equal(5, ids.Distinct().Count());

        static string Id(TinyEncoder files)
        {
            using var encoder = OnnxTextEncoder.Load(files.Folder);
            return encoder.ModelId;
        }
    }

    // Files of before the algorithm had its name in them.
    [Fact]
    public void Load_ModelWithoutAType_IsUnigramByItsVocabulary()
    {
        using var files = TinyEncoder.CreateXlmRoberta(model: """ "unk_id": 3 """);
        using var encoder = OnnxTextEncoder.Load(files.Folder);
        Assert.Equal([4, 5], encoder.Vocabulary.Encode("a b"));
    }

    [Fact]
    public void Load_NoSentencePieceFile_IsRefusedAsBefore()
    {
        using var files = TinyEncoder.CreateXlmRoberta();
        File.Delete(Path.Combine(files.Folder, "sentencepiece.bpe.model"));
        var error = Assert.Throws<InvalidDataException>(() => OnnxTextEncoder.Load(files.Folder));
        Assert.Contains("found Unigram. Add the encoder's SentencePiece file (*.model)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""" "type": "Unigram" """, "unk_id none")]
    [InlineData(""" "type": "Unigram", "unk_id": null """, "unk_id null")]
    [InlineData(""" "type": "Unigram", "unk_id": 9 """, "unk_id 9, expected one of the 9 pieces")]
    [InlineData(""" "type": "Unigram", "unk_id": 3, "byte_fallback": true """, "byte_fallback")]
    public void Load_ModelThatCannotBeRead_SaysWhy(string model, string expected)
    {
        using var files = TinyEncoder.CreateXlmRoberta(model: model);
        var error = Assert.Throws<InvalidDataException>(() => OnnxTextEncoder.Load(files.Folder));
        Assert.Contains("tokenizer.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type": "Fancy"}""", "the post-processor Fancy")]
    [InlineData("""{"type": "RobertaProcessing", "cls": ["<s>"], "sep": ["</s>", 2]}""", "Unigram tokenizer")]
    [InlineData("""{"type": "TemplateProcessing", "single": [], "special_tokens": {}}""", "0 places for the text")]
    [InlineData("""{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}], "special_tokens": {}}""", "Unigram tokenizer")]
    public void Load_PostProcessorThatCannotBeRead_SaysWhy(string processor, string expected)
    {
        using var files = TinyEncoder.CreateXlmRoberta(processor);
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => OnnxTextEncoder.Load(files.Folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FilesOfTwoEncoders_SaysHowMuchTheyShare()
    {
        using var files = TinyEncoder.CreateXlmRoberta(vocabulary: ["<s>", "<pad>", "</s>", "<unk>", "▁q", "▁r"]);
        var error = Assert.Throws<InvalidDataException>(() => OnnxTextEncoder.Load(files.Folder));
        Assert.Contains("found 2 of 8", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("XLMRobertaTokenizer", false, false)]
    [InlineData("XLMRobertaTokenizerFast", true, false)]
    [InlineData("T5Tokenizer", false, false)]
    [InlineData("T5Tokenizer", true, true)]
    [InlineData("LlamaTokenizer", false, true)]
    public void Load_SentencePieceFileAlone_IsRefusedWhereItsIdsAreNotTheEncoders(string tokenizer, bool addEnd, bool loads)
    {
        using var files = TinyEncoder.Create();
        files.Write("tokenizer_config.json", JsonSerializer.SerializeToUtf8Bytes(new { tokenizer_class = tokenizer, add_eos_token = addEnd }));
        var error = Record.Exception(() => OnnxTextEncoder.Load(files.Folder).Dispose());
        if (loads) Assert.Null(error);
        else Assert.Contains(tokenizer, Assert.IsType<FileNotFoundException>(error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_BeginTokenOfAModelWithoutOne_SaysSo()
    {
        using var files = TinyEncoder.CreateT5("null");
        files.Write("tokenizer_config.json", """{"add_eos_token": true}"""u8.ToArray());
        using (var encoder = OnnxTextEncoder.Load(files.Folder)) Assert.Equal([1], encoder.Vocabulary.After);
        files.Write("tokenizer_config.json", """{"add_bos_token": true}"""u8.ToArray());
        Assert.Contains("add_bos_token", Assert.Throws<InvalidDataException>(() => OnnxTextEncoder.Load(files.Folder)).Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(files.Folder, "tokenizer.json"));
        Assert.Contains("add_bos_token", Assert.Throws<InvalidDataException>(() => OnnxTextEncoder.Load(files.Folder)).Message, StringComparison.Ordinal);
    }

    // A real vocabulary of 8,000 pieces with its normalisation, renumbered as XLM-RoBERTa's is, against the ids of the original library.
    [Fact]
    public void Encode_RealPiecesRenumbered_GivesTheOriginalsIdsPlusOne()
    {
        var folder = SharedFiles.Require("models/use-lite");
        using var files = TinyEncoder.CreateXlmRoberta();
        File.Copy(Path.Combine(folder, "use-lite.spm.model"), Path.Combine(files.Folder, "sentencepiece.bpe.model"), overwrite: true);
        using var stream = File.OpenRead(Path.Combine(folder, "use-lite.spm.model"));
        var pieces = SentencePieceTokenizer.Create(stream, false, false).Vocabulary.Where(piece => piece.Value > 2).ToDictionary(piece => piece.Value, piece => piece.Key);
        string[] vocabulary = ["<s>", "<pad>", "</s>", "<unk>", .. Enumerable.Range(3, pieces.Keys.Max() - 2).Select(id => pieces.GetValueOrDefault(id, $"[gap {id}]"))];
        files.WriteUnigramJson(vocabulary, """ "type": "Unigram", "unk_id": 3 """, """{"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0]}""");
        files.WriteIdTable(vocabulary.Length);
        using var encoder = OnnxTextEncoder.Load(files.Folder);

        using var references = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "reference_embeddings.json")));
        int compared = 0;
        foreach (var reference in references.RootElement.EnumerateArray())
        {
            string text = reference.GetProperty("text").GetString()!;
            if (text.AsSpan().ContainsAny('\n', '\t')) continue; // two <unk> in the original, spaces here
            Assert.Equal(reference.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32() is 0 ? 3 : id.GetInt32() + 1), encoder.Vocabulary.Encode(text));
            compared++;
        }
        Assert.Equal(24, compared);
    }

    private static async Task<double> Mean(TinyEncoder files, string text, OnnxTextEncoderOptions options)
    {
        using var encoder = OnnxTextEncoder.Load(files.Folder, options);
        var vector = (await encoder.GenerateAsync([text]))[0].Vector.ToArray();
        return vector[0] / vector[1];
    }
}
