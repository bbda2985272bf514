using AutoGraph.Core.Persistence;
using AutoGraph.TestKit;
using Xunit;

namespace AutoGraph.Managed.Tests.Persistence;

public sealed class FolderFlushTests
{
    [Fact]
    public void ToDisk_NoSuchFolder_SaysWhichAndWhy()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows flushes no folders.");
        using var folder = new TempFolder();
        string missing = folder.File("none");
        string message = Assert.Throws<IOException>(() => FolderFlush.ToDisk(missing)).Message;
        Assert.StartsWith($"The names in the folder '{missing}' could not be brought to the disk: No such file", message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToDisk_FolderWithoutADisk_IsNoError()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc is Linux's.");
        FolderFlush.ToDisk("/proc");
    }

    [Fact]
    public void ToDisk_ManyTimes_KeepsNothingOpen()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc/self/fd is Linux's.");
        using var folder = new TempFolder();
        int before = Directory.GetFiles("/proc/self/fd").Length;
        for (int i = 0; i < 200; i++) FolderFlush.ToDisk(folder.Path);
        Assert.InRange(Directory.GetFiles("/proc/self/fd").Length - before, -100, 100);     // other tests open files meanwhile
    }
}
