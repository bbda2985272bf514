using System.Security.Cryptography;
using AutoGraph.Core.Snapshots;
using AutoGraph.TestKit;
using Xunit;

namespace AutoGraph.Managed.Tests.Snapshots;

public sealed class RecordLogTests : IDisposable
{
    private static readonly byte[] Owner = [.. Enumerable.Range(0, RecordLog.OwnerLength).Select(i => (byte)i)];
    private static readonly byte[][] Contents = [[1, 2, 3], [4], [.. Enumerable.Range(0, 40).Select(i => (byte)(7 * i))], [9]];
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
        var error = Assert.Throws<IOException>(() => RecordLog.Open(Log, Owner, _ => { }));
        Assert.Contains("another engine or process has it open", error.Message, StringComparison.Ordinal);
        Assert.Contains(Log, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoSuchFolderOrAFolder_SaysWhatToDo()
    {
        var absent = Assert.Throws<DirectoryNotFoundException>(() => RecordLog.Open(Path.Combine(_folder.File("absent"), "changes.log"), Owner, _ => { }));
        Assert.Contains($"Expected the folder '{_folder.File("absent")}' for the log of changes, found none. Create it first.", absent.Message, StringComparison.Ordinal);
        Directory.CreateDirectory(Log);
        Assert.Contains($"found the folder '{Log}'", Assert.Throws<IOException>(() => RecordLog.Open(Log, Owner, _ => { })).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Log + ".lock"));
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
    public void Replace_ThenAnyByteFlipped_IsNeverTakenForAWriteThatWasCutOff()
    {
        Write();
        using (var log = RecordLog.Open(Log, Owner, _ => { })) log.Replace(log.Records());
        Assert.Equal(Contents, Read().Records);
        byte[] whole = File.ReadAllBytes(Log);
        for (int place = 40; place < whole.Length - 16; place++)
        {
            byte[] damaged = [.. whole];
            damaged[place] ^= 0x10;
            File.WriteAllBytes(Log, damaged);
            Assert.Contains("is damaged at byte", Assert.Throws<InvalidDataException>(() => Read()).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Open_ThroughALink_IsTheLogThatTheLinkLeadsTo()
    {
        string link = _folder.File("link.log");
        File.CreateSymbolicLink(link, Log);         // before there is a file
        using (var log = RecordLog.Open(link, Owner, _ => { }))
        {
            log.Append([1]);
            Assert.Throws<IOException>(() => RecordLog.Open(Log, Owner, _ => { }));
            log.Replace([[2]]);
            log.Append([3]);
        }
        Assert.Equal(Log, new FileInfo(link).LinkTarget);
        Assert.Equal([[2], [3]], Read().Records);
    }

    [Fact]
    public void Append_Nothing_IsRefused()
    {
        using var log = RecordLog.Open(Log, Owner, _ => { });
        Assert.Throws<ArgumentException>(() => log.Append([]));
    }

    [Fact]
    public void Replace_FileCannotBeOpenedAfterwards_FailsTheNextCallAlone()
    {
        Write();
        bool refuses = false;
        using (var log = RecordLog.Open(Log, Owner, _ => { }, path => refuses ? throw new IOException("refused") : new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0)))
        {
            log.Replace([[7]]);
            refuses = true;
            Assert.Equal("refused", Assert.Throws<IOException>(() => log.Append([8])).Message);
            refuses = false;
            log.Append([9]);
            Assert.Equal([[7], [9]], log.Records());
        }
        Assert.Equal([[7], [9]], Read().Records);
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
        var (records, cut) = Read();
        Assert.Equal([[1, 2], [3]], records);
        Assert.Equal(0, cut);
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

    [Fact]
    public void Append_DiskFull_LeavesNothingOfTheRecordBehind()
    {
        FailingFile? disk = null;
        using (var log = RecordLog.Open(Log, Owner, _ => { }, path => disk = new FailingFile(path)))
        {
            log.Append([1, 2]);
            long before = disk!.Length;
            disk.Fail(after: 25, canCut: true);
            Assert.Throws<IOException>(() => log.Append(new byte[30]));
            Assert.Equal(before, disk.Length);
        }
        Assert.Equal(0, Read().Cut);
    }

    /// <summary>The layout as the documentation of the type has it, with the checks computed here.</summary>
    [Fact]
    public void Append_TwoRecords_FollowsTheLayout()
    {
        using (var log = RecordLog.Open(Log, Owner, _ => { }))
            foreach (byte[] content in (byte[][])[[5, 6, 7], [8]]) log.Append(content);
        Assert.Equal([.. "AGLOG001"u8, .. Owner, .. Record([5, 6, 7], place: 40), .. Record([8], place: 59)], File.ReadAllBytes(Log));

        static byte[] Record(byte[] content, long place)
        {
            byte[] length = BitConverter.GetBytes(content.Length), at = BitConverter.GetBytes(place);
            return [.. length, .. SHA256.HashData([.. length, .. at])[..4], .. SHA256.HashData([.. at, .. content])[..8], .. content];
        }
    }

    [Fact]
    public void Writes_Any_AreOnTheDiskWhenTheyReturn()
    {
        FailingFile? disk = null;
        using (var log = RecordLog.Open(Log, Owner, _ => { }, path => disk = new FailingFile(path)))
        {
            Assert.Equal(40, disk!.OnDisk);
            log.Append([1, 2]);
            Assert.Equal(58, disk.OnDisk);
            log.Append([3]);
            Assert.Equal(75, disk.OnDisk);
        }
        File.WriteAllBytes(Log, File.ReadAllBytes(Log)[..^1]);
        using (RecordLog.Open(Log, Owner, _ => { }, path => disk = new FailingFile(path))) Assert.Equal(58, disk!.OnDisk);
    }

    [Fact]
    public void Files_NoLongerNeeded_AreClosed()
    {
        var files = new List<FailingFile>();
        using (var log = RecordLog.Open(Log, Owner, _ => { }, Open))
        {
            log.Append([1]);
            log.Replace([[2]]);
            Assert.False(Assert.Single(files).CanRead);         // Windows moves nothing over an open file
            log.Append([3]);
            Assert.Equal([false, true], files.Select(file => file.CanRead));
        }
        Assert.False(files[1].CanRead);
        File.WriteAllText(Log, "something else, longer than the forty bytes that a log begins with");
        Assert.Throws<InvalidDataException>(() => RecordLog.Open(Log, Owner, _ => { }, Open));
        Assert.Equal([false, false, false], files.Select(file => file.CanRead));

        FileStream Open(string path)
        {
            files.Add(new FailingFile(path));
            return files[^1];
        }
    }

    [Fact]
    public void Open_ShortFileOfAnotherKind_RefusesAndKeepsIt()
    {
        File.WriteAllText(Log, "user,item");
        Assert.Contains("another kind of file", Assert.Throws<InvalidDataException>(() => Read()).Message, StringComparison.Ordinal);
        Assert.Equal("user,item", File.ReadAllText(Log));
    }

    [Fact]
    public void Open_OwnerOfAnotherLength_SaysWhichIsExpected() =>
        Assert.Contains("Expected 32 bytes, found 31", Assert.Throws<ArgumentException>(() => RecordLog.Open(Log, Owner[1..], _ => { })).Message, StringComparison.Ordinal);

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

    /// <summary>A disk that takes some bytes and then nothing more, neither a flush nor, if not told otherwise, a shorter file.</summary>
    private sealed class FailingFile(string path) : FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0)
    {
        private int? _left;
        private bool _canCut;

        /// <summary>Bytes of the file when it was last brought to the disk.</summary>
        internal long OnDisk { get; private set; }

        internal void Fail(int after, bool canCut = false) => (_left, _canCut) = (after, canCut);

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
            if (flushToDisk) OnDisk = Length;
        }

        public override void SetLength(long value)
        {
            if (_left is not null && !_canCut) throw new IOException("Input/output error");
            base.SetLength(value);
        }
    }
}
