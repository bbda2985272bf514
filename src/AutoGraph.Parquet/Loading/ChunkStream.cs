using System.Buffers.Binary;
using Parquet.Meta;

namespace AutoGraph;

/// <summary>
/// A file of which the library may read one column of a row group at a time, and no byte beyond it: damaged sizes cannot lead it into another column's values, and a read that finds nothing
/// ends in an exception where the library would go on with what its buffers held. Reads are synchronous, so the library's tasks are complete when it returns them.
/// </summary>
internal sealed class ChunkStream : Stream
{
    private const int FrameLength = 12;     // PAR1, …, length of the footer, PAR1
    private readonly string _path;
    private readonly FileStream _file;
    private long[] _starts = [];            // of all columns of all row groups, ascending
    private long _end;

    internal ChunkStream(string path)
    {
        _path = path;
        _file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        _end = _file.Length;
    }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => _file.Length;

    public override long Position
    {
        get => _file.Position;
        set => _file.Position = value;
    }

    /// <exception cref="InvalidDataException">The file does not begin and end as a Parquet file does.</exception>
    internal void CheckFrame()
    {
        Span<byte> head = stackalloc byte[4], tail = stackalloc byte[8];
        if (Length < FrameLength) throw new InvalidDataException($"Expected a Parquet file at '{_path}', found {Length} bytes, which is too short for one. Write it anew.");
        _file.ReadExactly(head);
        if (head.SequenceEqual("PARE"u8)) throw new InvalidDataException($"Expected a Parquet file at '{_path}' that is not encrypted, found an encrypted one. Write it without encryption.");
        if (!head.SequenceEqual("PAR1"u8)) throw new InvalidDataException($"Expected a Parquet file at '{_path}', found one that does not begin with PAR1. Check the path, or write the file as Parquet.");
        _file.Seek(-tail.Length, SeekOrigin.End);
        _file.ReadExactly(tail);
        if (!tail[4..].SequenceEqual("PAR1"u8)) throw new InvalidDataException($"Expected PAR1 at the end of the Parquet file '{_path}', found that it is cut off. Copy it again, or write it anew.");
        int footer = BinaryPrimitives.ReadInt32LittleEndian(tail);
        if (footer <= 0 || footer > Length - FrameLength) throw ParquetFile.Damaged(_path, $"a footer of {footer} bytes in a file of {Length}", null);
    }

    internal void SetChunks(IEnumerable<Parquet.Meta.ColumnChunk> chunks)
    {
        _starts = [.. chunks.Where(chunk => chunk.MetaData is not null).Select(StartOf).Order()];
        _end = 0;
    }

    /// <summary>Lets the library read a column: up to where the next one begins. Some writers' own sizes are too small.</summary>
    internal void Enter(Parquet.Meta.ColumnChunk chunk)
    {
        long start = StartOf(chunk);
        int next = Array.BinarySearch(_starts, start + 1);
        if (next < 0) next = ~next;
        _end = next < _starts.Length ? _starts[next] : Length;
    }

    private static long StartOf(Parquet.Meta.ColumnChunk chunk) =>
        new[] { chunk.MetaData!.DictionaryPageOffset ?? 0, chunk.MetaData.DataPageOffset, chunk.MetaData.IndexPageOffset ?? 0 }.Where(offset => offset > 0).DefaultIfEmpty().Min();

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty) return 0;
        int read = _file.Read(buffer[..(int)Math.Clamp(_end - _file.Position, 0, buffer.Length)]);
        return read > 0 ? read : throw new EndOfStreamException("the values of a column go on beyond its end");
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int ReadByte() => _file.Position < _end && _file.ReadByte() is >= 0 and var value ? value : throw new EndOfStreamException("the values of a column go on beyond its end");

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.FromResult(Read(buffer.AsSpan(offset, count)));

    public override long Seek(long offset, SeekOrigin origin) => _file.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _file.Dispose();
        base.Dispose(disposing);
    }
}
