using System.Text;
using AutoGraph.Core.Persistence;
using AutoGraph.TestKit;
using Xunit;

namespace AutoGraph.Managed.Tests.Persistence;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_NewFile_LeavesOnlyIt()
    {
        string path = _folder.File("model.bin");
        AtomicFile.Write(path, stream => stream.Write("hello"u8));
        Assert.Equal("hello", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Write_ExistingFile_KeepsOldContentUntilTheEnd()
    {
        string path = _folder.File("model.bin");
        File.WriteAllText(path, "old and longer");
        AtomicFile.Write(path, stream =>
        {
            stream.Write("new"u8);
            stream.Flush();
            Assert.Equal("old and longer", File.ReadAllText(path));
        });
        Assert.Equal("new", File.ReadAllText(path));
    }

    [Fact]
    public void Write_WriterThrows_KeepsOldFileAndLeavesNothingBehind()
    {
        string path = _folder.File("model.bin");
        File.WriteAllText(path, "old");
        var thrown = Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write(Encoding.UTF8.GetBytes("half"));
            throw new InvalidOperationException("disk on fire");
        }));
        Assert.Equal("disk on fire", thrown.Message);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Write_MissingFolderOrFolderAsFile_SaysSo()
    {
        Assert.Contains("Create it", Assert.Throws<DirectoryNotFoundException>(() => AtomicFile.Write(_folder.File("none/model.bin"), _ => { })).Message, StringComparison.Ordinal);
        Assert.Contains($"found the folder '{_folder.Path}'", Assert.Throws<IOException>(() => AtomicFile.Write(_folder.Path, _ => { })).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Write_ContentReadBack_IsWhatWasWritten()
    {
        AtomicFile.Write(_folder.File("model.bin"), stream =>
        {
            stream.Write("hello"u8);
            stream.Position = 1;
            Assert.Equal('e', stream.ReadByte());
            stream.Position = stream.Length;
            stream.Write("!"u8);
        });
        Assert.Equal("hello!", File.ReadAllText(_folder.File("model.bin")));
    }

    [Fact]
    public void Write_AfterKilledWriters_DeletesWhatTheyLeftAndNothingElse()
    {
        string[] kept = [_folder.File(".model.bin.young.tmp"), _folder.File(".other.bin.old.tmp"), _folder.File(".model.bin.open.tmp"), _folder.File("model.bin.old.tmp")];
        string left = _folder.File(".model.bin.old.tmp");
        foreach (string file in (string[])[.. kept, left]) File.WriteAllText(file, "half");
        foreach (string file in (string[])[.. kept[1..], left]) File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-1));
        using (new FileStream(kept[2], FileMode.Open, FileAccess.Read, FileShare.None)) AtomicFile.Write(_folder.File("model.bin"), stream => stream.Write("new"u8));
        Assert.Equal([.. kept.Append(_folder.File("model.bin")).Order(StringComparer.Ordinal)], Directory.GetFiles(_folder.Path).Order(StringComparer.Ordinal));
    }
}
