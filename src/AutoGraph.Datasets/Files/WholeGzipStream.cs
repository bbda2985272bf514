using System.Buffers.Binary;
using System.IO.Compression;

namespace AutoGraph.Datasets;

/// <summary>
/// Decompresses a gzip file of one member and throws <see cref="InvalidDataException"/> at the end where the length differs from the one
/// in its trailer: <see cref="GZipStream"/> alone takes a truncated file for a complete one.
/// </summary>
internal sealed class WholeGzipStream : Stream
{
    private readonly GZipStream _content;
    private readonly uint _expected;
    private uint _read;   // modulo 2^32, as in the trailer (RFC 1952: ISIZE)

    public WholeGzipStream(FileStream file)
    {
        Span<byte> trailer = stackalloc byte[4];
        if (file.Length >= trailer.Length)
        {
            file.Position = file.Length - trailer.Length;
            file.ReadExactly(trailer);
            file.Position = 0;
        }
        _expected = BinaryPrimitives.ReadUInt32LittleEndian(trailer);
        _content = new GZipStream(file, CompressionMode.Decompress);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        int count = _content.Read(buffer);
        _read = unchecked(_read + (uint)count);
        if (count == 0 && buffer.Length > 0 && _read != _expected)
            throw new InvalidDataException($"The gzip trailer promises {_expected} bytes, found {_read}.");
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _content.Dispose();
        base.Dispose(disposing);
    }
}
