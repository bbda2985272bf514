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
            var error = Assert.Throws<InvalidDataException>(() => Read());
            Assert.Contains(place < 8 ? "another kind of file" : place < 40 ? "another one" : "is damaged at byte", error.Message, StringComparison.Ordinal);
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
}
