using System.Buffers.Binary;
using System.Security.Cryptography;
using AutoGraph.Core.Persistence;

namespace AutoGraph.Core.Snapshots;

/// <summary>
/// A file that only grows. Each record has its length, a check of the length and a check of its content and place; <see cref="Append"/> returns when it
/// is on the disk. What a killed process left half written at the end is cut when the file is opened again; damage elsewhere is refused. <see cref="Replace"/>
/// ends with an empty record, which nobody sees: damage to what it wrote is never taken for something half written.
/// </summary>
/// <remarks>
/// Layout: "AGLOG001", 32 bytes that say what the log belongs to, then records: length (4 bytes), check of length and place (4), check of content
/// and place (8, the start of a SHA-256), content. A file beside it, named ".lock", is held while the log is open, so that no other process opens it meanwhile,
/// not even while <see cref="Replace"/> moves a new file into its place; it is empty and stays. Not safe for concurrent use.
/// </remarks>
internal sealed class RecordLog : IDisposable
{
    /// <summary>Bytes of what the log belongs to.</summary>
    public const int OwnerLength = SHA256.HashSizeInBytes;

    private const int FrameLength = 16;
    private const int KindLength = 5;       // of the magic: what stays the same in every version
    private static readonly byte[] Magic = [.. "AGLOG001"u8];
    private readonly string _path;
    private readonly byte[] _owner;
    private readonly Func<string, FileStream> _open;
    private readonly FileStream _lock;
    private FileStream? _file;              // null while a replacement is moved into its place, and after an opening that failed
    private long? _end;                     // of the last record; a failed append may have left bytes behind it; null where the file is to be read first

    private RecordLog(string path, byte[] owner, Func<string, FileStream> open, FileStream held) => (_path, _owner, _open, _lock) = (path, owner, open, held);

    /// <summary>Bytes cut from the end when the log was opened: what was being written when its process was killed.</summary>
    public long CutBytes { get; private set; }

    /// <summary>Bytes of the file.</summary>
    public long Length => _end ?? 0;

    /// <summary>Opens a log, or creates it; hands its records over in order.</summary>
    /// <param name="path">The file, or a link to it; its folder must exist.</param>
    /// <param name="owner">[32] what it belongs to.</param>
    /// <param name="read">Receives the content of each record.</param>
    /// <exception cref="InvalidDataException">It is no log, belongs to something else, or is damaged before its end; the file stays as it is.</exception>
    /// <exception cref="NotSupportedException">A newer version wrote it.</exception>
    /// <exception cref="IOException">Another process has it open, its folder is not there, or it is a folder.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not write there.</exception>
    public static RecordLog Open(string path, byte[] owner, Action<byte[]> read) => Open(path, owner, read, OpenFile);

    // tests open a file that fails
    internal static RecordLog Open(string path, byte[] owner, Action<byte[]> read, Func<string, FileStream> open)
    {
        if (owner.Length != OwnerLength) throw new ArgumentException($"Expected {OwnerLength} bytes, found {owner.Length}.", nameof(owner));
        path = AtomicFile.TargetOf(path);       // links to one log are one log
        var held = Hold(path);
        RecordLog? log = null;
        try
        {
            log = new RecordLog(path, owner, open, held);
            log.Opened(read);
            return log;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Adds a record; on return it is on the disk. Where that fails the log is as it was, or becomes so with the next call that the disk takes.</summary>
    /// <exception cref="ArgumentException">The record is empty.</exception>
    /// <exception cref="IOException">The disk is full, or failed.</exception>
    public void Append(ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty) throw new ArgumentException("Expected a record with content, found an empty one.", nameof(content));
        var (file, end) = Opened();
        CutBehind(end, file);
        try
        {
            file.Position = end;
            WriteRecord(file, content);
            file.Flush(flushToDisk: true);
        }
        catch
        {
            try
            {
                CutBehind(end, file);
            }
            catch (IOException)
            {
                // the first failure is the one to tell of; the next call cuts again before it writes
            }
            throw;
        }
        _end = file.Position;
    }

    /// <summary>All records in order.</summary>
    public IEnumerable<byte[]> Records()
    {
        var (file, end) = Opened();
        file.Position = Magic.Length + OwnerLength;
        while (file.Position < end)
            if ((ReadRecord(file) ?? throw Damaged(file.Position)) is { Length: > 0 } content) yield return content;
    }

    /// <summary>Replaces all records at once: a killed process leaves the old ones or the new, and so does a failure.</summary>
    /// <exception cref="IOException">The disk is full, or failed.</exception>
    public void Replace(IEnumerable<byte[]> records)
    {
        byte[][] contents = [.. records];       // they may come from the file
        Close();                                // Windows moves nothing over an open file; the lock stays
        long end = 0;
        AtomicFile.Write(_path, stream =>
        {
            stream.Write(Magic);
            stream.Write(_owner);
            foreach (var content in contents) WriteRecord(stream, content);
            WriteRecord(stream, []);
            end = stream.Position;
        });
        _end = end;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Close();
        _lock.Dispose();
    }

    // whoever needs the file next opens it: a failure then is one of that call, and does not last
    private (FileStream File, long End) Opened(Action<byte[]>? read = null)
    {
        var file = _file ?? _open(_path);
        try
        {
            _end ??= ReadAll(file, read ?? (_ => { }));
        }
        catch
        {
            file.Dispose();
            throw;
        }
        _file = file;
        return (file, _end.Value);
    }

    private void Close()
    {
        _file?.Dispose();
        (_file, _end) = (null, null);
    }

    private static FileStream Hold(string path)
    {
        string name = path + ".lock";
        if (Directory.Exists(path)) throw new IOException($"Expected a file for the log of changes, found the folder '{path}'.");
        if (Path.GetDirectoryName(path) is { } folder && !Directory.Exists(folder)) throw new DirectoryNotFoundException($"Expected the folder '{folder}' for the log of changes, found none. Create it first.");
        try
        {
            return new FileStream(name, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new UnauthorizedAccessException($"Expected to write the log '{path}' and '{name}' beside it, found no permission. Let this process write in the folder, or name another one.", error);
        }
        catch (IOException error) when (File.Exists(name))
        {
            throw new IOException($"Expected to be the only one with the log '{path}', found that another engine or process has it open (or '{name}' cannot be written: {error.Message}). Close the other one, or name another log.", error);
        }
    }

    // unbuffered: what a record's write leaves undone must not come later
    private static FileStream OpenFile(string path) => new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);

    // returns where the last record ends
    private long ReadAll(FileStream file, Action<byte[]> read)
    {
        var start = new byte[Magic.Length + OwnerLength];
        int found = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (found < start.Length)
        {
            if (!Magic.AsSpan().StartsWith(start.AsSpan(0, Math.Min(found, Magic.Length)))) throw NoLog();
            CutBytes = found;               // killed while it was created: nothing was acknowledged yet
            file.SetLength(0);
            file.Write([.. Magic, .. _owner]);
            file.Flush(flushToDisk: true);
            FolderFlush.ToDisk(Path.GetDirectoryName(_path)!);
            return file.Position;
        }
        if (!start.AsSpan().StartsWith(Magic)) throw start.AsSpan().StartsWith(Magic.AsSpan(0, KindLength)) ? NewerLog() : NoLog();
        if (!start.AsSpan(Magic.Length).SequenceEqual(_owner))
            throw new InvalidDataException($"Expected in '{_path}' the log of the model at hand, found that of another one. Name the log that belongs to the model, or a new file.");
        while (file.Position < file.Length)
        {
            long place = file.Position;
            if (ReadRecord(file) is { } content)
            {
                if (content.Length > 0) read(content);
                continue;
            }
            CutBytes = file.Length - place;
            file.SetLength(place);
            file.Flush(flushToDisk: true);
        }
        return file.Length;
    }

    private static void CutBehind(long end, FileStream file)
    {
        if (file.Length > end) file.SetLength(end);
    }

    // null where the rest of the file is a record that was not written to its end
    private byte[]? ReadRecord(FileStream file)
    {
        long place = file.Position, left = file.Length - place;
        if (left < FrameLength) return null;
        var frame = new byte[FrameLength];
        file.ReadExactly(frame);
        int length = BinaryPrimitives.ReadInt32LittleEndian(frame);
        if (length < 0 || BinaryPrimitives.ReadUInt32LittleEndian(frame.AsSpan(4)) != LengthCheck(length, place))
            return RestIsZero(file, place) ? null : throw Damaged(place);     // a file that grew before its content came
        if (left - FrameLength < length) return null;
        var content = new byte[length];
        file.ReadExactly(content);
        if (ContentCheck(content, place) == BinaryPrimitives.ReadUInt64LittleEndian(frame.AsSpan(8))) return content;
        return file.Position == file.Length ? null : throw Damaged(place);
    }

    private static bool RestIsZero(FileStream file, long place)
    {
        var buffer = new byte[1 << 16];
        file.Position = place;
        for (int read; (read = file.Read(buffer)) > 0;)
            if (buffer.AsSpan(0, read).ContainsAnyExcept((byte)0)) return false;
        return true;
    }

    private static void WriteRecord(Stream stream, ReadOnlySpan<byte> content)
    {
        var frame = new byte[FrameLength + content.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), LengthCheck(content.Length, stream.Position));
        BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(8), ContentCheck(content, stream.Position));
        content.CopyTo(frame.AsSpan(FrameLength));
        stream.Write(frame);
    }

    private static uint LengthCheck(int length, long place)
    {
        Span<byte> both = stackalloc byte[12];
        BinaryPrimitives.WriteInt32LittleEndian(both, length);
        BinaryPrimitives.WriteInt64LittleEndian(both[4..], place);
        return BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(both));
    }

    private static ulong ContentCheck(ReadOnlySpan<byte> content, long place)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> at = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(at, place);
        hash.AppendData(at);
        hash.AppendData(content);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return BinaryPrimitives.ReadUInt64LittleEndian(digest);
    }

    private InvalidDataException NoLog() => new($"Expected a log of changes in '{_path}', found another kind of file. Name another file.");

    private NotSupportedException NewerLog() => new($"A newer AutoGraph wrote the log '{_path}'. Update the package AutoGraph.");

    private InvalidDataException Damaged(long place) =>
        new($"The log '{_path}' is damaged at byte {place}, before its end. Nothing was changed. Restore the file from a copy, or name a new file and insert again.");
}
