using AutoGraph.Core.Snapshots;
using AutoGraph.TestKit;
using Xunit;

namespace AutoGraph.Managed.Tests.Snapshots;

public sealed class RecordLogTests : IDisposable
{
    private static readonly byte[] Owner = [.. Enumerable.Range(0, RecordLog.OwnerLength).Select(i => (byte)i)];
    private static readonly byte[][] Contents = [[1, 2, 3], [], [.. Enumerable.Range(0, 40).Select(i => (byte)(7 * i))], [9]];
    private readonly TestKit.TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Log => _folder.File("changes.log");

    [Fact]
    public void Open_AfterAppends_GivesTheRecordsInOrder()
    {
        Write();
        Assert.Equal(Contents, Read().Records);
        using var log = RecordLog.Open(Log, Owner, _ => { });
        Assert.Equal(Contents, log.Records());
        Assert.Equal(0, log.CutBytes);
    }

    [Fact]
    public void Open_CutAnywhere_KeepsAllWholeRecordsAndGoesOn()
    {
        var ends = Write();
        byte[] whole = File.ReadAllBytes(Log);
        for (int length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(Log, whole[..length]);
            int kept = ends.Count(end => end <= length);
            var (records, cut) = Read();
            Assert.Equal(Contents[..kept], records);
            Assert.Equal(length - Math.Max(ends.Where(end => end <= length).DefaultIfEmpty(0).Max(), length < ends[0] - 19 ? 0 : 40), cut);
            using (var log = RecordLog.Open(Log, Owner, _ => { })) log.Append([5, 5]);
            Assert.Equal([.. Contents[..kept], [5, 5]], Read().Records);
        }
    }

    [Fact]
    public void Open_AnyByteFlipped_RefusesOrCutsTheLastRecordAlone()
    {
        var ends = Write();
        byte[] whole = File.ReadAllBytes(Log);
        for (int place = 0; place < whole.Length; place++)
        {
            byte[] damaged = [.. whole];
            damaged[place] ^= 0x10;
            File.WriteAllBytes(Log, damaged);
            if (place >= ends[^2] + 8)      // in the last record, behind its length: as a write that reached the disk in part
            {
                Assert.Equal(Contents[..^1], Read().Records);
                continue;
            }
            if (place is >= 5 and < 8)      // the version
            {
                Assert.Contains("A newer AutoGraph", Assert.Throws<NotSupportedException>(() => Read()).Message, StringComparison.Ordinal);
                continue;
            }
            var error = Assert.Throws<InvalidDataException>(() => Read());
            Assert.Contains(place < 5 ? "another kind of file" : place < 40 ? "another one" : "is damaged at byte", error.Message, StringComparison.Ordinal);
            Assert.Equal(damaged, File.ReadAllBytes(Log));
        }
    }

    [Fact]
    public void Open_RecordsSwapped_Refuses()
    {
        using (var log = RecordLog.Open(Log, Owner, _ => { }))
            foreach (byte content in (byte[])[1, 2, 3]) log.Append([content]);
        byte[] whole = File.ReadAllBytes(Log);
        File.WriteAllBytes(Log, [.. whole[..40], .. whole[57..74], .. whole[40..57], .. whole[74..]]);
        Assert.Throws<InvalidDataException>(() => Read());
    }

    [Fact]
    public void Open_ZerosAtTheEnd_AreCut()
    {
        Write();
        using (var file = new FileStream(Log, FileMode.Append)) file.Write(new byte[500]);
        Assert.Equal(500, Read().Cut);
        Assert.Equal(Contents, Read().Records);
    }

    [Fact]
    public void Open_WhileOpen_Refuses()
    {
        using var first = RecordLog.Open(Log, Owner, _ => { });
        Assert.Throws<IOException>(() => RecordLog.Open(Log, Owner, _ => { }));
    }

    [Fact]
    public void Replace_WithRecordsOfItsOwn_HoldsOnlyThoseAndGoesOn()
    {
        Write();
        using (var log = RecordLog.Open(Log, Owner, _ => { }))
        {
            log.Replace(log.Records().Skip(2));
            log.Append([8]);
        }
        Assert.Equal([.. Contents[2..], [8]], Read().Records);
    }

    [Fact]
    public void Replace_WhileOpen_LeavesNoMomentForAnotherProcess()
    {
        using var log = RecordLog.Open(Log, Owner, _ => { });
        log.Append([1]);
        int tried = 0;
        log.Replace(Tries());
        Assert.Equal(1, tried);
        Assert.Throws<IOException>(() => RecordLog.Open(Log, Owner, _ => { }));

        IEnumerable<byte[]> Tries()
        {
            Assert.Throws<IOException>(() => RecordLog.Open(Log, Owner, _ => { }));
            tried++;
            yield return [2];
        }
    }

    [Theory, InlineData(0), InlineData(1), InlineData(7), InlineData(20), InlineData(int.MaxValue)]
    public void Append_DiskFails_LeavesTheRecordsBeforeAndGoesOn(int written)
    {
        FailingFile? disk = null;
        using (var log = RecordLog.Open(Log, Owner, _ => { }, path => disk = new FailingFile(path)))
        {
            log.Append([1, 2]);
            disk!.Fail(after: written);
            Assert.Throws<IOException>(() => log.Append(new byte[30]));
            Assert.Equal([[1, 2]], log.Records());
            disk.Repair();
            log.Append([3]);
            Assert.Equal([[1, 2], [3]], log.Records());
        }
        Assert.Equal([[1, 2], [3]], Read().Records);
    }

    [Fact]
    public void Append_DiskFailsForGood_IsCutWhenTheLogIsOpenedAgain()
    {
        FailingFile? disk = null;
        using (var log = RecordLog.Open(Log, Owner, _ => { }, path => disk = new FailingFile(path)))
        {
            log.Append([1, 2]);
            disk!.Fail(after: 20);
            Assert.Throws<IOException>(() => log.Append(new byte[30]));
            Assert.Throws<IOException>(() => log.Append([3]));
        }
        Assert.Equal([[1, 2]], Read().Records);
    }

    // writes all contents; returns where each ends
    private List<int> Write()
    {
        var ends = new List<int>();
        using var log = RecordLog.Open(Log, Owner, _ => { });
        foreach (var content in Contents)
        {
            log.Append(content);
            ends.Add((int)log.Length);
        }
        return ends;
    }

    private (List<byte[]> Records, long Cut) Read()
    {
        var records = new List<byte[]>();
        using var log = RecordLog.Open(Log, Owner, records.Add);
        return (records, log.CutBytes);
    }

    /// <summary>A disk that takes some bytes and then nothing more, neither a shorter file nor a flush.</summary>
    private sealed class FailingFile(string path) : FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0)
    {
        private int? _left;

        internal void Fail(int after) => _left = after;

        internal void Repair() => _left = null;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            base.Write(buffer[..Math.Min(buffer.Length, _left ?? buffer.Length)]);
            if (_left < buffer.Length) throw new IOException("No space left on device");
        }

        public override void Flush(bool flushToDisk)
        {
            if (_left is not null) throw new IOException("Input/output error");
            base.Flush(flushToDisk);
        }

        public override void SetLength(long value)
        {
            if (_left is not null) throw new IOException("Input/output error");
            base.SetLength(value);
        }
    }
}
