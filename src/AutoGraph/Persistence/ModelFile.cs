using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;

namespace AutoGraph;

/// <summary>A model file with a checksum of the whole: a zip archive whose comment holds the SHA-256 of everything before the comment.</summary>
/// <remarks>ML.NET's own loader, as any zip reader, takes no notice of the comment.</remarks>
internal static class ModelFile
{
    private const string Prefix = "AutoGraph sha256=";
    private const int EndLength = 22;       // of an archive's last record without a comment; the last two bytes are the comment's length
    private static readonly int CommentLength = Prefix.Length + 2 * SHA256.HashSizeInBytes;

    /// <summary>Appends the checksum to an archive that ends without a comment.</summary>
    internal static void Seal(Stream archive)
    {
        string hash = Hash(archive, archive.Length - sizeof(ushort));
        archive.Position = archive.Length - sizeof(ushort);
        Span<byte> length = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)CommentLength);
        archive.Write(length);
        archive.Write(Encoding.ASCII.GetBytes(Prefix + hash));
    }

    /// <summary>Checks a file; one that ML.NET wrote by itself has no checksum of the whole, but one for each entry.</summary>
    /// <exception cref="InvalidDataException">The file is truncated, damaged or no model.</exception>
    internal static void Check(Stream archive, string path)
    {
        Span<byte> magic = stackalloc byte[4];
        if (archive.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) < magic.Length || !magic.SequenceEqual("PK\x03\x04"u8))
            throw new InvalidDataException($"Expected a saved model (a zip archive) in '{path}', found another kind of file. Name the file that Save wrote.");
        if (EndBefore(archive, CommentLength) is { } comment && comment.StartsWith(Prefix, StringComparison.Ordinal))
            CheckWhole(archive, comment[Prefix.Length..], path);
        else if (EndBefore(archive, 0) is not null)
            CheckEntries(archive, path);
        else
            throw new InvalidDataException($"Expected the end of a zip archive in '{path}', found none: the file is truncated. Copy it again or save the model anew.");
        archive.Position = 0;
    }

    // the comment, where the archive's last record ends as many bytes before the file
    private static string? EndBefore(Stream archive, int length)
    {
        if (archive.Length < EndLength + length) return null;
        var end = new byte[EndLength + length];
        archive.Position = archive.Length - end.Length;
        archive.ReadExactly(end);
        bool ends = end.AsSpan().StartsWith("PK\x05\x06"u8) && BinaryPrimitives.ReadUInt16LittleEndian(end.AsSpan(EndLength - sizeof(ushort))) == length;
        return ends ? Encoding.ASCII.GetString(end, EndLength, length) : null;
    }

    private static void CheckWhole(Stream archive, string expected, string path)
    {
        string found = Hash(archive, archive.Length - CommentLength - sizeof(ushort));
        if (expected != found)
            throw new InvalidDataException($"Expected checksum {expected} in '{path}', found {found}: the file is damaged. Copy it again or save the model anew.");
    }

    private static void CheckEntries(Stream archive, string path)
    {
        string part = "list of entries";
        try
        {
            using var zip = new ZipArchive(archive, ZipArchiveMode.Read, leaveOpen: true);
            foreach (var entry in zip.Entries)
            {
                part = $"entry '{entry.FullName}'";
                var check = new Crc32();
                using (var content = entry.Open()) check.Append(content);
                if (check.GetCurrentHashAsUInt32() != entry.Crc32) throw new InvalidDataException("its checksum is another one");
            }
        }
        // what the reader of archives makes of damaged sizes and offsets
        catch (Exception error) when (error is IOException or InvalidDataException or ArgumentException or NotSupportedException or OverflowException)
        {
            throw new InvalidDataException($"The {part} of '{path}' is damaged: {error.Message}. Copy the file again or save the model anew.", error);
        }
    }

    private static string Hash(Stream stream, long length)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        stream.Position = 0;
        for (long left = length; left > 0;)
        {
            int read = stream.Read(buffer, 0, (int)Math.Min(buffer.Length, left));
            if (read == 0) break;
            hash.AppendData(buffer, 0, read);
            left -= read;
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
