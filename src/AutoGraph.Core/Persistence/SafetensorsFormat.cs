using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace AutoGraph.Core.Persistence;

/// <summary>
/// What reader and writer share. A file is: header length (8 bytes, little-endian), JSON header, values. The header maps
/// each name to its type, shape and byte range within the values, and <c>__metadata__</c> to free text, our checksum among it.
/// </summary>
internal static class SafetensorsFormat
{
    internal const string Metadata = "__metadata__";
    internal const string Checksum = "autograph.sha256";
    internal const int ElementSize = 4;                  // F32 and I32 alike
    internal const int MaxHeaderBytes = 16 << 20;        // some 150,000 entries; the reference program stops at 100 MB
    internal const int ChunkElements = 1 << 20;          // spans of bytes end at 2 GiB, arrays do not

    internal static string TypeOf(Array values) => values switch { float[] => "F32", _ => "I32" };

    internal static void RequireLittleEndian()
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("Expected a little-endian processor: safetensors files are read and written without conversion.");
    }

    /// <summary>Feeds what the header says of an entry, each part with its length so that no two headers read alike.</summary>
    internal static void AppendEntry(IncrementalHash hash, string name, string type, int[] shape)
    {
        AppendText(hash, name);
        AppendText(hash, type);
        AppendNumber(hash, shape.Length);
        foreach (int size in shape) AppendNumber(hash, size);
    }

    private static void AppendText(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        AppendNumber(hash, bytes.Length);
        hash.AppendData(bytes);
    }

    private static void AppendNumber(IncrementalHash hash, int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }

    /// <summary>The bytes of some of the elements of a float[] or int[].</summary>
    internal static Span<byte> Bytes(Array values, int start, int count) => values is float[] floats
        ? MemoryMarshal.AsBytes(floats.AsSpan(start, count))
        : MemoryMarshal.AsBytes(((int[])values).AsSpan(start, count));
}
