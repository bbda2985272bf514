using System.Runtime.InteropServices;
using System.Text.Json;

namespace AutoGraph.Managed.Tests.Encoders;

/// <summary>
/// Writes an encoder one can compute by hand: pieces &lt;unk&gt; 0, "▁a" 1, "▁b" 2, "▁c" 3, "." 4, &lt;s&gt; 5, &lt;/s&gt; 6, and an ONNX graph that looks
/// up row id of <see cref="Table"/> for each token, [batch, sequence] → [batch, sequence, 2].
/// </summary>
internal sealed class TinyEncoder : IDisposable
{
    public static readonly float[] Table = [9, 9, /* a */ 3, 0, /* b */ 0, 4, /* c */ 1, 1, /* . */ 0, 0, /* <s> */ 6, 2, /* </s> */ 0, 0];

    public string Folder { get; } = Directory.CreateTempSubdirectory("tiny-encoder-").FullName;

    public static TinyEncoder Create(string output = "last_hidden_state", string input = "input_ids", bool tokenTypes = false, bool finite = true, bool positions = false)
    {
        var encoder = new TinyEncoder();
        File.WriteAllBytes(Path.Combine(encoder.Folder, "tiny.onnx"), Graph(output, input, tokenTypes, finite ? Table : [.. Table[..8], float.NaN, 0, .. Table[10..]], positions));
        File.WriteAllBytes(Path.Combine(encoder.Folder, "tiny.spm.model"), Pieces());
        return encoder;
    }

    /// <summary>A model without attention_mask whose output <c>sentence_embedding</c> is the mean over all positions, padding too.</summary>
    public static TinyEncoder CreateUnmasked()
    {
        var encoder = new TinyEncoder();
        // AttributeProto: 1 name, 3 i, 8 ints, 20 type (2 INT, 7 INTS)
        var mean = new Protobuf().Text(1, "rows").Text(2, "sentence_embedding").Text(4, "ReduceMean")
            .Bytes(5, new Protobuf().Text(1, "axes").Int(8, 1).Int(20, 7)).Bytes(5, new Protobuf().Text(1, "keepdims").Int(3, 0).Int(20, 2));
        var graph = new Protobuf().Bytes(1, new Protobuf().Text(1, "table").Text(1, "input_ids").Text(2, "rows").Text(4, "Gather")).Bytes(1, mean).Text(2, "tiny")
            .Bytes(5, new Protobuf().Int(1, Table.Length / 2).Int(1, 2).Int(2, 1).Text(8, "table").Bytes(9, MemoryMarshal.AsBytes(Table.AsSpan()).ToArray()))
            .Bytes(11, Value("input_ids", 7, "batch", "sequence")).Bytes(12, Value("sentence_embedding", 1, "batch", "dimension"));
        encoder.Write("tiny.onnx", Model(graph));
        encoder.Write("tiny.spm.model", Pieces());
        return encoder;
    }

    /// <summary>The pieces of a BERT encoder; the vector of id i is (i, 1).</summary>
    public static readonly string[] BertPieces =
    [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "film", "un", "##like", "##ly", "cafe", ",", ".", "$", "+", "5", "東", "か", "query", ":", "x", "##x",
    ];

    /// <summary>A BERT encoder as Hugging Face exports it, with tokenizer.json or vocab.txt; <c>onnx/model.onnx</c> where asked.</summary>
    public static TinyEncoder CreateBert(bool json = false, bool inner = false, string[]? pieces = null)
    {
        var encoder = new TinyEncoder();
        pieces ??= BertPieces;
        float[] table = [.. pieces.Index().SelectMany(piece => (float[])[piece.Index, 1])];
        encoder.Write(inner ? "onnx/model.onnx" : "model.onnx", Graph("last_hidden_state", "input_ids", tokenTypes: true, table, positions: true));
        if (!json) encoder.Write("vocab.txt", System.Text.Encoding.UTF8.GetBytes(string.Join('\n', pieces) + "\n"));
        else encoder.Write("tokenizer.json", JsonSerializer.SerializeToUtf8Bytes(new
        {
            version = "1.0",
            added_tokens = new[] { new { id = 2, content = "[CLS]", special = true }, new { id = 3, content = "[SEP]", special = true } },
            normalizer = new { type = "BertNormalizer", clean_text = true, handle_chinese_chars = true, strip_accents = (bool?)null, lowercase = true },
            pre_tokenizer = new { type = "BertPreTokenizer" },
            post_processor = new
            {
                type = "TemplateProcessing",
                single = new object[] { new { SpecialToken = new { id = "[CLS]", type_id = 0 } }, new { Sequence = new { id = "A", type_id = 0 } }, new { SpecialToken = new { id = "[SEP]", type_id = 0 } } },
                special_tokens = new Dictionary<string, object> { ["[CLS]"] = new { id = "[CLS]", ids = new[] { 2 } }, ["[SEP]"] = new { id = "[SEP]", ids = new[] { 3 } } },
            },
            model = new { type = "WordPiece", unk_token = "[UNK]", continuing_subword_prefix = "##", max_input_chars_per_word = 100, vocab = pieces.Index().ToDictionary(p => p.Item, p => p.Index) },
        }));
        return encoder;
    }

    /// <summary>The same with the table in a file of its own beside the model (ONNX external data), under one graph file for all tables.</summary>
    public static TinyEncoder CreateExternal(float[] table)
    {
        var encoder = new TinyEncoder();
        encoder.Write("tiny.onnx", Graph("last_hidden_state", "input_ids", tokenTypes: false, table, external: "tiny.onnx_data"));
        encoder.Write("tiny.onnx_data", MemoryMarshal.AsBytes(table.AsSpan()).ToArray());
        encoder.Write("tiny.spm.model", Pieces());
        return encoder;
    }

    /// <summary>XLM-RoBERTa's layout: the SentencePiece file has &lt;unk&gt; 0, &lt;s&gt; 1, &lt;/s&gt; 2, "▁a" 3, …, the encoder's ids are one more, behind &lt;s&gt; 0, &lt;pad&gt; 1, &lt;/s&gt; 2, &lt;unk&gt; 3. It lacks "▁d". The vector of id i is (i, 1).</summary>
    /// <param name="postProcessor">JSON of the post-processor; null: &lt;s&gt; … &lt;/s&gt; by template.</param>
    /// <param name="vocabulary">The pieces of tokenizer.json; null: those above.</param>
    /// <param name="model">JSON of the model beside the vocabulary.</param>
    public static TinyEncoder CreateXlmRoberta(string? postProcessor = null, string[]? vocabulary = null, string model = """ "type": "Unigram", "unk_id": 3 """)
    {
        var encoder = new TinyEncoder();
        encoder.WriteUnigram(["<unk>", "<s>", "</s>", "▁a", "▁b", "▁c", ".", "▁d"], unknown: 0, begin: 1, end: 2, pad: -1);
        encoder.WriteUnigramJson(vocabulary ?? ["<s>", "<pad>", "</s>", "<unk>", "▁a", "▁b", "▁c", ".", "<mask>"], model, postProcessor ?? """
            {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
             "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]}, "</s>": {"id": "</s>", "ids": [2], "tokens": ["</s>"]}}}
            """);
        return encoder;
    }

    /// <summary>T5's layout: &lt;pad&gt; 0, &lt;/s&gt; 1, &lt;unk&gt; 2, "▁a" 3, … in both files, no &lt;s&gt; at all, &lt;/s&gt; behind each text.</summary>
    /// <param name="postProcessor">JSON of the post-processor; null: … &lt;/s&gt; by template.</param>
    public static TinyEncoder CreateT5(string? postProcessor = null)
    {
        var encoder = new TinyEncoder();
        encoder.WriteUnigram(["<pad>", "</s>", "<unk>", "▁a", "▁b", "▁c", "."], unknown: 2, begin: -1, end: 1, pad: 0);
        encoder.WriteUnigramJson(["<pad>", "</s>", "<unk>", "▁a", "▁b", "▁c", ".", "<extra_id_0>"], """ "type": "Unigram", "unk_id": 2 """, postProcessor ?? """
            {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "</s>", "type_id": 0}}],
             "special_tokens": {"</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]}}}
            """);
        return encoder;
    }

    /// <summary>Writes a model that maps id i to (i, 1) and a SentencePiece file of these pieces.</summary>
    private void WriteUnigram(string[] pieces, int unknown, int begin, int end, int pad)
    {
        WriteIdTable(pieces.Length + 4);
        var control = new HashSet<int> { begin, end, pad };
        Write("sentencepiece.bpe.model", Pieces([.. pieces.Index().Select(piece => (piece.Item, piece.Index == unknown ? 2 : control.Contains(piece.Index) ? 3 : 1))], unknown, begin, end, pad));
    }

    /// <summary>Writes <c>model.onnx</c> that maps id i to (i, 1).</summary>
    public void WriteIdTable(int count) =>
        Write("model.onnx", Graph("last_hidden_state", "input_ids", tokenTypes: false, [.. Enumerable.Range(0, count).SelectMany(id => (float[])[id, 1])]));

    /// <summary>Writes <c>tokenizer.json</c> with these pieces.</summary>
    public void WriteUnigramJson(string[] vocabulary, string model, string postProcessor) => Write("tokenizer.json", System.Text.Encoding.UTF8.GetBytes(
        $$"""{"post_processor": {{postProcessor}}, "model": { {{model}}, "vocab": {{JsonSerializer.Serialize(vocabulary.Select((piece, index) => new object[] { piece, -index - 0.5 }))}} } }"""));

    /// <summary>Writes a file into the folder.</summary>
    public void Write(string name, byte[] bytes)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    // onnx.proto: ModelProto 1 ir_version, 7 graph, 8 opset_import; GraphProto 1 node, 2 name, 5 initializer, 11 input, 12 output
    private static byte[] Graph(string output, string input, bool tokenTypes, float[] table, bool positions = false, string? external = null)
    {
        var node = new Protobuf().Text(1, "table").Text(1, input).Text(2, output).Text(4, "Gather");
        var weights = new Protobuf().Int(1, table.Length / 2).Int(1, 2).Int(2, 1).Text(8, "table");
        if (external is null) weights.Bytes(9, MemoryMarshal.AsBytes(table.AsSpan()).ToArray());
        else weights.Bytes(13, new Protobuf().Text(1, "location").Text(2, external)).Bytes(13, new Protobuf().Text(1, "length").Text(2, $"{4 * table.Length}")).Int(14, 1);
        var graph = new Protobuf().Bytes(1, node).Text(2, "tiny").Bytes(5, weights)
            .Bytes(11, Value(input, 7, "batch", "sequence")).Bytes(11, Value("attention_mask", 7, "batch", "sequence"))
            .Bytes(12, Value(output, 1, "batch", "sequence", "dimension"));
        if (tokenTypes) graph.Bytes(11, Value("token_type_ids", 7, "batch", "sequence"));
        if (positions) graph.Bytes(11, Value("position_ids", 7, "batch", "sequence"));
        return Model(graph);
    }

    private static byte[] Model(Protobuf graph) => new Protobuf().Int(1, 8).Bytes(7, graph).Bytes(8, new Protobuf().Text(1, "").Int(2, 17));

    private static byte[] Value(string name, int type, params string[] dimensions)
    {
        var shape = new Protobuf();
        foreach (var dimension in dimensions) shape.Bytes(1, new Protobuf().Text(2, dimension));
        return new Protobuf().Text(1, name).Bytes(2, new Protobuf().Bytes(1, new Protobuf().Int(1, type).Bytes(2, shape)));
    }

    // sentencepiece_model.proto: ModelProto 1 pieces, 2 trainer_spec (3 model_type, 40 unk_id, …), 3 normalizer_spec (3 add_dummy_prefix, …)
    private static byte[] Pieces() => Pieces([("<unk>", 2), ("▁a", 1), ("▁b", 1), ("▁c", 1), (".", 1), ("<s>", 3), ("</s>", 3)], unknown: 0, begin: 5, end: 6, pad: -1);

    private static byte[] Pieces((string Piece, int Type)[] pieces, int unknown, int begin, int end, int pad)
    {
        var model = new Protobuf();
        foreach (var (piece, type) in pieces) model.Bytes(1, new Protobuf().Text(1, piece).Float(2, type == 2 ? 0 : -1).Int(3, type));
        return model.Bytes(2, new Protobuf().Int(3, 1).Int(40, unknown).Int(41, begin).Int(42, end).Int(43, pad))
            .Bytes(3, new Protobuf().Text(1, "identity").Int(3, 1).Int(4, 1).Int(5, 1));
    }
}
