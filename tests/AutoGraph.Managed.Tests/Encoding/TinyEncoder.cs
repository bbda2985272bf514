using System.Runtime.InteropServices;

namespace AutoGraph.Managed.Tests.Encoders;

/// <summary>
/// Writes an encoder one can compute by hand: pieces &lt;unk&gt; 0, "▁a" 1, "▁b" 2, "▁c" 3, "." 4, and an ONNX graph that looks
/// up row id of <see cref="Table"/> for each token, [batch, sequence] → [batch, sequence, 2].
/// </summary>
internal sealed class TinyEncoder : IDisposable
{
    public static readonly float[] Table = [9, 9, /* a */ 3, 0, /* b */ 0, 4, /* c */ 1, 1, /* . */ 0, 0];

    public string Folder { get; } = Directory.CreateTempSubdirectory("tiny-encoder-").FullName;

    public static TinyEncoder Create(string output = "last_hidden_state", string input = "input_ids", bool tokenTypes = false, bool finite = true)
    {
        var encoder = new TinyEncoder();
        File.WriteAllBytes(Path.Combine(encoder.Folder, "tiny.onnx"), Graph(output, input, tokenTypes, finite ? Table : [.. Table[..^2], float.NaN, 0]));
        File.WriteAllBytes(Path.Combine(encoder.Folder, "tiny.spm.model"), Pieces());
        return encoder;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    // onnx.proto: ModelProto 1 ir_version, 7 graph, 8 opset_import; GraphProto 1 node, 2 name, 5 initializer, 11 input, 12 output
    private static byte[] Graph(string output, string input, bool tokenTypes, float[] table)
    {
        var node = new Protobuf().Text(1, "table").Text(1, input).Text(2, output).Text(4, "Gather");
        var weights = new Protobuf().Int(1, 5).Int(1, 2).Int(2, 1).Text(8, "table").Bytes(9, MemoryMarshal.AsBytes(table.AsSpan()).ToArray());
        var graph = new Protobuf().Bytes(1, node).Text(2, "tiny").Bytes(5, weights)
            .Bytes(11, Value(input, 7, "batch", "sequence")).Bytes(11, Value("attention_mask", 7, "batch", "sequence"))
            .Bytes(12, Value(output, 1, "batch", "sequence", "dimension"));
        if (tokenTypes) graph.Bytes(11, Value("token_type_ids", 7, "batch", "sequence"));
        return new Protobuf().Int(1, 8).Bytes(7, graph).Bytes(8, new Protobuf().Text(1, "").Int(2, 17));
    }

    private static byte[] Value(string name, int type, params string[] dimensions)
    {
        var shape = new Protobuf();
        foreach (var dimension in dimensions) shape.Bytes(1, new Protobuf().Text(2, dimension));
        return new Protobuf().Text(1, name).Bytes(2, new Protobuf().Bytes(1, new Protobuf().Int(1, type).Bytes(2, shape)));
    }

    // sentencepiece_model.proto: ModelProto 1 pieces, 2 trainer_spec (3 model_type, 40 unk_id, …), 3 normalizer_spec (3 add_dummy_prefix, …)
    private static byte[] Pieces()
    {
        var model = new Protobuf();
        (string Piece, int Type)[] pieces = [("<unk>", 2), ("▁a", 1), ("▁b", 1), ("▁c", 1), (".", 1), ("<s>", 3), ("</s>", 3)];
        foreach (var (piece, type) in pieces) model.Bytes(1, new Protobuf().Text(1, piece).Float(2, type == 2 ? 0 : -1).Int(3, type));
        return model.Bytes(2, new Protobuf().Int(3, 1).Int(40, 0).Int(41, 5).Int(42, 6).Int(43, -1))
            .Bytes(3, new Protobuf().Text(1, "identity").Int(3, 1).Int(4, 1).Int(5, 1));
    }
}
