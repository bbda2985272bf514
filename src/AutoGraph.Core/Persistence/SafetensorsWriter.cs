using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;

namespace AutoGraph.Core.Persistence;

/// <summary>Writes safetensors files.</summary>
internal static class SafetensorsWriter
{
    internal static void Write(Stream stream, (string Name, Array Values, int[] Shape)[] entries)
    {
        SafetensorsFormat.RequireLittleEndian();
        var header = Header(entries, ChecksumOf(entries));
        if (header.Length > SafetensorsFormat.MaxHeaderBytes)
            throw new InvalidOperationException($"Expected names and shapes of at most {SafetensorsFormat.MaxHeaderBytes:N0} bytes in all, found {header.Length:N0}. Store fewer, larger arrays.");

        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var (_, values, _) in entries)
            for (int start = 0; start < values.Length; start += SafetensorsFormat.ChunkElements)
                stream.Write(Chunk(values, start));
    }

    // The checksum stands before the values, and the stream may not seek back: so the values are gone through twice.
    private static string ChecksumOf((string Name, Array Values, int[] Shape)[] entries)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, values, shape) in entries) SafetensorsFormat.AppendEntry(hash, name, SafetensorsFormat.TypeOf(values), shape);
        foreach (var (_, values, _) in entries)
            for (int start = 0; start < values.Length; start += SafetensorsFormat.ChunkElements)
                hash.AppendData(Chunk(values, start));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static Span<byte> Chunk(Array values, int start) =>
        SafetensorsFormat.Bytes(values, start, Math.Min(SafetensorsFormat.ChunkElements, values.Length - start));

    private static byte[] Header((string Name, Array Values, int[] Shape)[] entries, string checksum)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject(SafetensorsFormat.Metadata);
            json.WriteString(SafetensorsFormat.Checksum, checksum);
            json.WriteEndObject();
            long offset = 0;
            foreach (var (name, values, shape) in entries)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", SafetensorsFormat.TypeOf(values));
                json.WriteStartArray("shape");
                foreach (int size in shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += (long)values.Length * SafetensorsFormat.ElementSize);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (buffer.Length % sizeof(ulong) != 0) buffer.WriteByte((byte)' ');   // aligned values can be mapped by other programs
        return buffer.ToArray();
    }
}
