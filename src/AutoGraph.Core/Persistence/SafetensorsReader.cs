using System.Buffers.Binary;
using System.Security.Cryptography;

namespace AutoGraph.Core.Persistence;

/// <summary>Reads and checks safetensors files; memory grows with the bytes that are there, not with those a damaged header promises.</summary>
internal static class SafetensorsReader
{
    private const int FirstBytes = 1 << 16;
    private const int FirstElements = 1 << 22;   // arrays above 16 MiB from a stream of unknown length grow as their values arrive

    internal static IEnumerable<(string Name, Array Values, int[] Shape)> Read(Stream stream, bool requireChecksum)
    {
        SafetensorsFormat.RequireLittleEndian();
        var header = ReadHeader(stream);
        bool lengthKnown = stream.CanSeek;
        if (lengthKnown && stream.Length - stream.Position is var rest && rest != header.ValueBytes)
            throw WrongLength(header.ValueBytes, rest);

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var entry in header.Entries) SafetensorsFormat.AppendEntry(hash, entry.Name, entry.Type, entry.Shape);
        var values = new Dictionary<string, Array>(StringComparer.Ordinal);
        foreach (var entry in header.Entries.OrderBy(e => e.Begin).ThenBy(e => e.Length))
            values[entry.Name] = entry.Type == "F32" ? ReadValues<float>(stream, entry, lengthKnown, hash) : ReadValues<int>(stream, entry, lengthKnown, hash);
        if (stream.ReadByte() >= 0)
            throw new InvalidDataException($"Expected the file to end after {header.ValueBytes:N0} bytes of values, found more. It is damaged, or something was appended to it.");
        if (header.Checksum is null && requireChecksum)
            throw new InvalidDataException($"Expected a checksum '{SafetensorsFormat.Checksum}' in '{SafetensorsFormat.Metadata}', found none: the file is damaged, or another program wrote it.");
        if (header.Checksum is { } expected && Convert.ToHexStringLower(hash.GetHashAndReset()) is var found && expected != found)
            throw new InvalidDataException($"Expected checksum {expected}, found {found}: the file is damaged. Restore it from a copy, or save the model again.");
        return header.Entries.Select(e => (e.Name, values[e.Name], e.Shape));
    }

    private static SafetensorsHeader ReadHeader(Stream stream)
    {
        Span<byte> prefix = stackalloc byte[sizeof(ulong)];
        int found = stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false);
        if (found < prefix.Length)
            throw new InvalidDataException($"Expected a header length of {prefix.Length} bytes, found {found} bytes in the whole file: it is empty or truncated.");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length is < 2 or > SafetensorsFormat.MaxHeaderBytes)
            throw new InvalidDataException($"Expected a header of 2 to {SafetensorsFormat.MaxHeaderBytes:N0} bytes, found {length:N0}: not a safetensors file, or a damaged one.");

        var header = Fill(new byte[Math.Min((int)length, FirstBytes)], (int)length, (bytes, start) => stream.ReadAtLeast(bytes.AsSpan(start), bytes.Length - start, throwOnEndOfStream: false), out int there);
        if (there < (int)length)
            throw new InvalidDataException($"Expected a header of {length:N0} bytes, found {there:N0}: the file is truncated.");
        return SafetensorsHeader.Parse(header);
    }

    private static T[] ReadValues<T>(Stream stream, SafetensorsEntry entry, bool lengthKnown, IncrementalHash hash) where T : struct
    {
        var values = Fill(new T[lengthKnown ? entry.Length : Math.Min(entry.Length, FirstElements)], entry.Length, (array, start) => ReadInto(stream, array, start, hash), out int there);
        return there == entry.Length ? values
            : throw new InvalidDataException($"Expected {entry.Length:N0} values in array '{entry.Name}', found {there:N0}: the file is truncated.");
    }

    // Reads up to the array's end; returns how many whole values were there.
    private static int ReadInto<T>(Stream stream, T[] array, int start, IncrementalHash hash) where T : struct
    {
        int at = start;
        while (at < array.Length)
        {
            var bytes = SafetensorsFormat.Bytes(array, at, Math.Min(SafetensorsFormat.ChunkElements, array.Length - at));
            int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            hash.AppendData(bytes[..read]);
            at += read / SafetensorsFormat.ElementSize;
            if (read < bytes.Length) break;
        }
        return at - start;
    }

    // Doubles the array as long as the stream fills it.
    private static T[] Fill<T>(T[] array, int length, Func<T[], int, int> read, out int there)
    {
        for (there = 0; ;)
        {
            int asked = array.Length - there, got = read(array, there);
            there += got;
            if (got < asked || array.Length == length) return array;
            Array.Resize(ref array, (int)Math.Min(length, 2L * array.Length));
        }
    }

    private static InvalidDataException WrongLength(long expected, long found) => new(found < expected
        ? $"Expected {expected:N0} bytes of values, found {found:N0}: the file is truncated."
        : $"Expected {expected:N0} bytes of values, found {found:N0}. The file is damaged, or something was appended to it.");
}
