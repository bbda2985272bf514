using System.Text;

namespace AutoGraph.Onnx;

/// <summary>Finds the files that hold weights of an ONNX model outside of it, as models above 2 GB have them.</summary>
internal static class ExternalData
{
    private const string Location = "location";

    // messages of onnx.proto that lead to tensors
    private enum Message { Model, Graph, Function, Node, Attribute, Tensor, SparseTensor, Entry }

    /// <summary>Paths of the files, in ordinal order; none where all weights are in the model.</summary>
    public static string[] Files(string model)
    {
        if (!model.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase)) return [];        // another format, such as .ort
        var locations = new SortedSet<string>(StringComparer.Ordinal);
        using var stream = new FileStream(model, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
        using var reader = new BinaryReader(stream);
        Walk(reader, stream.Length, Message.Model, locations);
        return [.. locations.Select(location => Path.Combine(Path.GetDirectoryName(model)!, location)).Where(File.Exists)];
    }

    private static void Walk(BinaryReader reader, long end, Message message, SortedSet<string> locations)
    {
        string key = "", value = "";
        while (reader.BaseStream.Position < end)
        {
            ulong tag = (ulong)reader.Read7BitEncodedInt64();
            switch (tag & 7)
            {
                case 0:
                    reader.Read7BitEncodedInt64();
                    break;
                case 1:
                    reader.BaseStream.Seek(sizeof(long), SeekOrigin.Current);
                    break;
                case 2:
                    long next = reader.Read7BitEncodedInt64() is var length && length >= 0 ? reader.BaseStream.Position + length : long.MaxValue;
                    if (next > end) throw new InvalidDataException($"Expected a field that ends before byte {end} of the ONNX model, found one of {length} bytes at {reader.BaseStream.Position}.");
                    int field = (int)(tag >> 3);
                    if (Inside(message, field) is { } inner) Walk(reader, next, inner, locations);
                    else if (message == Message.Entry && field == 1) key = Text(reader, length);
                    else if (message == Message.Entry && field == 2) value = Text(reader, length);
                    reader.BaseStream.Position = next;
                    break;
                case 5:
                    reader.BaseStream.Seek(sizeof(int), SeekOrigin.Current);
                    break;
                default:
                    throw new InvalidDataException($"Expected a field of an ONNX model at byte {reader.BaseStream.Position}, found wire type {tag & 7}.");
            }
        }
        if (key == Location) locations.Add(value);
    }

    private static Message? Inside(Message message, int field) => (message, field) switch
    {
        (Message.Model, 7) or (Message.Attribute, 6 or 11) => Message.Graph,
        (Message.Model, 25) => Message.Function,
        (Message.Graph, 1) or (Message.Function, 7) => Message.Node,
        (Message.Node, 5) or (Message.Function, 11) => Message.Attribute,
        (Message.Graph, 5) or (Message.Attribute, 5 or 10) or (Message.SparseTensor, 1 or 2) => Message.Tensor,
        (Message.Graph, 15) or (Message.Attribute, 22 or 23) => Message.SparseTensor,
        (Message.Tensor, 13) => Message.Entry,
        _ => null,
    };

    private static string Text(BinaryReader reader, long length) => Encoding.UTF8.GetString(reader.ReadBytes(checked((int)length)));
}
