namespace AutoGraph.TestKit;

/// <summary>A stream that can only be read or written onward, a few bytes at a time, as a network stream or a zip entry.</summary>
public sealed class ForwardOnlyStream(Stream inner, int mostAtOnce = 1000) : Stream
{
    public override bool CanRead => inner.CanRead;
    public override bool CanSeek => false;
    public override bool CanWrite => inner.CanWrite;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush() => inner.Flush();
    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, Math.Min(count, mostAtOnce));
    public override int Read(Span<byte> buffer) => inner.Read(buffer[..Math.Min(buffer.Length, mostAtOnce)]);
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);
    public override void Write(ReadOnlySpan<byte> buffer) => inner.Write(buffer);
}
