using System.Security.Cryptography;
using System.Text;

namespace AutoGraph;

/// <summary>An entry of a model file behind its checksum: the SHA-256 (32 bytes) of its place in the file and of its content, then the content.</summary>
/// <remarks>The place is part of it, so that entries which changed places are found as well as changed bytes.</remarks>
internal static class SealedEntry
{
    /// <summary>Writes an entry.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="place">Its place in the file.</param>
    /// <param name="body">Writes the content; called twice, and must write the same both times.</param>
    internal static void Write(Stream target, string place, Action<Stream> body)
    {
        using var hash = SHA256.Create();
        using (var sink = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write))
        {
            sink.Write(Encoding.UTF8.GetBytes(place + "\n"));
            body(sink);
        }
        target.Write(hash.Hash);
        body(target);
    }

    /// <summary>Reads an entry once all of it is checked.</summary>
    /// <param name="source">The entry; it can seek.</param>
    /// <param name="place">Its place in the file.</param>
    /// <param name="read">Reads the content, which ends where the stream ends.</param>
    /// <exception cref="InvalidDataException">The entry is damaged, or comes from another place.</exception>
    internal static T Read<T>(Stream source, string place, Func<Stream, T> read)
    {
        var expected = new byte[SHA256.HashSizeInBytes];
        int there = source.ReadAtLeast(expected, expected.Length, throwOnEndOfStream: false);
        if (there < expected.Length) throw new InvalidDataException($"Expected a checksum of {expected.Length} bytes, found {there}");
        long content = source.Position;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(place + "\n"));
        var buffer = new byte[1 << 16];
        for (int count; (count = source.Read(buffer)) > 0;) hash.AppendData(buffer, 0, count);
        byte[] found = hash.GetHashAndReset();
        if (!found.AsSpan().SequenceEqual(expected))
            throw new InvalidDataException($"Expected checksum {Convert.ToHexStringLower(expected)}, found {Convert.ToHexStringLower(found)}");
        source.Position = content;
        return read(source);
    }
}
