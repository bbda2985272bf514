using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace AutoGraph;

/// <summary>A model file with a checksum of the whole: a zip archive whose comment holds the SHA-256 of everything before the comment.</summary>
/// <remarks>ML.NET's own loader, as any zip reader, takes no notice of the comment.</remarks>
internal static class ModelFile
{
    private const string Prefix = "AutoGraph sha256=";
    private static readonly int CommentLength = Prefix.Length + 2 * SHA256.HashSizeInBytes;

    /// <summary>Appends the checksum to an archive that ends without a comment.</summary>
    internal static void Seal(Stream archive)
    {
        string hash = Hash(archive, archive.Length - sizeof(ushort));
        archive.Position = archive.Length - sizeof(ushort);   // the archive's last field is the length of its comment: 0 so far
        Span<byte> length = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)CommentLength);
        archive.Write(length);
        archive.Write(Encoding.ASCII.GetBytes(Prefix + hash));
    }

    /// <summary>Checks a file; one that ML.NET wrote by itself has no checksum and passes if it is an archive.</summary>
    /// <exception cref="InvalidDataException">The file is truncated, damaged or no model.</exception>
    internal static void Check(Stream archive, string path)
    {
        Span<byte> magic = stackalloc byte[4];
        if (archive.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) < magic.Length || !magic.SequenceEqual("PK\x03\x04"u8))
            throw new InvalidDataException($"Expected a saved model (a zip archive) in '{path}', found another kind of file. Name the file that Save wrote.");
        long body = archive.Length - CommentLength;
        var comment = new byte[CommentLength];
        if (body > 0)
        {
            archive.Position = body;
            archive.ReadExactly(comment);
        }
        string text = Encoding.ASCII.GetString(comment);
        if (text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            string found = Hash(archive, body - sizeof(ushort));
            if (text[Prefix.Length..] != found)
                throw new InvalidDataException($"Expected checksum {text[Prefix.Length..]} in '{path}', found {found}: the file is damaged. Copy it again or save the model anew.");
        }
        else if (!EndsAsArchive(archive))
        {
            throw new InvalidDataException($"Expected the end of a zip archive in '{path}', found none: the file is truncated. Copy it again or save the model anew.");
        }
        archive.Position = 0;
    }

    private static bool EndsAsArchive(Stream archive)
    {
        var tail = new byte[Math.Min(archive.Length, 22 + ushort.MaxValue)];   // the end record and the longest comment
        archive.Position = archive.Length - tail.Length;
        archive.ReadExactly(tail);
        return tail.AsSpan().LastIndexOf("PK\x05\x06"u8) >= 0;
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
