using Orleans.Runtime;
using Orleans.Storage;

namespace AutoGraph.Orleans.Storage;

/// <summary>A record of a log; written once and never changed.</summary>
[GenerateSerializer, Alias("autograph.log.record")]
internal sealed class LogRecord
{
    /// <summary>Who wrote it: tells one's own record from that of another writer.</summary>
    [Id(0)] public string Writer { get; set; } = "";

    [Id(1)] public byte[] Content { get; set; } = [];
}

/// <summary>Which series of records is the log.</summary>
[GenerateSerializer, Alias("autograph.log.head")]
internal sealed class LogHead
{
    [Id(0)] public string Series { get; set; } = "0";
}

/// <summary>
/// A log over grain storage: record n is a row of its own that is inserted once, so that of two writers (a grain activated twice while a silo dies) one is
/// refused, and an append costs the same however long the log is.
/// </summary>
/// <remarks>For one writer at a time; calls must not overlap.</remarks>
internal sealed class GrainLog
{
    private const int Window = 16;          // records read at a time
    private const string RecordName = "autograph.record", HeadName = "autograph.head";
    private readonly IGrainStorage _storage;
    private readonly string _name;
    private readonly Action<byte[]> _read;
    private readonly GrainState<LogHead> _head = new(new LogHead());
    private LogRecord? _uncertain;          // the storage failed while it took this one
    private bool _isMoving;                 // to another series, and the storage has not said that it has

    private GrainLog(IGrainStorage storage, string name, Action<byte[]> read) => (_storage, _name, _read) = (storage, name, read);

    /// <summary>Number of records.</summary>
    internal int Count { get; private set; }

    /// <summary>Opens a log; hands its records over in order.</summary>
    /// <param name="storage">Where the records are.</param>
    /// <param name="name">Name of the log.</param>
    /// <param name="read">Receives the records, and later those of which only the storage knew whether it took them.</param>
    internal static async Task<GrainLog> OpenAsync(IGrainStorage storage, string name, Action<byte[]> read)
    {
        var log = new GrainLog(storage, name, read);
        for (; ; )
        {
            if (await log.TryReadAsync() is not { } contents) continue;
            foreach (byte[] content in contents) read(content);
            return log;
        }
    }

    /// <summary>Appends a record and returns when the storage has it.</summary>
    /// <exception cref="IOException">The storage did not take it, or does not say; in the second case it shows once the storage answers again.</exception>
    /// <exception cref="InconsistentStateException">Another activation of the grain wrote meanwhile.</exception>
    internal async Task AppendAsync(byte[] content)
    {
        await ResolveAsync();
        var record = new LogRecord { Writer = Guid.NewGuid().ToString("N"), Content = content };
        try
        {
            await _storage.WriteStateAsync(RecordName, IdOf(Count), new GrainState<LogRecord>(record));
        }
        catch (IOException error)
        {
            _uncertain = record;
            throw new IOException($"The change was not made: the grain storage did not take it. {error.Message}", error);
        }
        Count++;
    }

    /// <summary>Puts other records in place of all there are; a killed silo leaves the old log or the new.</summary>
    /// <exception cref="IOException">The storage did not say which of them it has: this log takes no records any more, one that is opened anew does.</exception>
    /// <exception cref="InconsistentStateException">Another activation of the grain has the log.</exception>
    internal async Task ReplaceAsync(IEnumerable<byte[]> contents)
    {
        await ResolveAsync();
        _isMoving = true;
        // after this record no late writer can append to the old series
        await _storage.WriteStateAsync(RecordName, IdOf(Count), new GrainState<LogRecord>(new LogRecord { Writer = "sealed" }));
        var (series, old, oldCount, count) = (Guid.NewGuid().ToString("N"), _head.State!.Series, Count, 0);
        foreach (byte[] content in contents)
            await _storage.WriteStateAsync(RecordName, IdOf(series, count++), new GrainState<LogRecord>(new LogRecord { Writer = "copied", Content = content }));
        _head.State = new LogHead { Series = series };
        await _storage.WriteStateAsync(HeadName, HeadId, _head);
        (Count, _isMoving) = (count, false);
        for (int place = 0; place < oldCount; place++)
        {
            var state = new GrainState<LogRecord>(new LogRecord());
            await _storage.ReadStateAsync(RecordName, IdOf(old, place), state);
            await _storage.ClearStateAsync(RecordName, IdOf(old, place), state);
        }
    }

    // null where another activation moved the log while it was read
    private async Task<List<byte[]>?> TryReadAsync()
    {
        await _storage.ReadStateAsync(HeadName, HeadId, _head);
        Count = 0;
        var (contents, isSealed) = (new List<byte[]>(), false);
        for (bool more = true; more;)
        {
            var window = await Task.WhenAll(Enumerable.Range(Count, Window).Select(ReadAsync));
            foreach (var record in window)
            {
                if (record is null)
                {
                    more = false;
                    break;
                }
                if (record.Content.Length > 0) contents.Add(record.Content);
                else isSealed = true;
                Count++;
            }
        }
        var now = new GrainState<LogHead>(new LogHead());
        await _storage.ReadStateAsync(HeadName, HeadId, now);
        if (now.State!.Series != _head.State!.Series) return null;      // the records may have gone while they were read
        if (!isSealed) return contents;
        try
        {
            // who sealed the series may only be slow: with another head it cannot put its copy in place of what is appended from now on
            await _storage.WriteStateAsync(HeadName, HeadId, _head);
            return contents;
        }
        catch (InconsistentStateException)
        {
            return null;
        }
    }

    // a record whose write failed may be there all the same
    private async Task ResolveAsync()
    {
        if (_isMoving) throw new IOException("The change was not made: the grain storage did not say which records are the log. Ask again.");
        if (_uncertain is not { } own) return;
        LogRecord? found;
        try
        {
            found = await ReadAsync(Count);
        }
        catch (IOException error)
        {
            throw new IOException($"The change was not made: the grain storage does not answer. {error.Message}", error);
        }
        _uncertain = null;
        if (found is null) return;
        if (found.Writer != own.Writer) throw new InconsistentStateException($"Expected to be the only writer of the log '{_name}', found a record of another.");
        Count++;
        _read(own.Content);
    }

    private async Task<LogRecord?> ReadAsync(int place)
    {
        var state = new GrainState<LogRecord>(new LogRecord());
        await _storage.ReadStateAsync(RecordName, IdOf(place), state);
        return state.RecordExists ? state.State : null;
    }

    private GrainId HeadId => GrainId.Create(HeadName, _name);

    private GrainId IdOf(int place) => IdOf(_head.State!.Series, place);

    private GrainId IdOf(string series, int place) => GrainId.Create(RecordName, $"{_name}/{series}/{place}");
}
