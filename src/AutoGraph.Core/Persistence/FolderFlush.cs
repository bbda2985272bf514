using System.Runtime.InteropServices;

namespace AutoGraph.Core.Persistence;

/// <summary>Brings the names in a folder to the disk: without it a machine that loses power may forget that a file was made or moved.</summary>
internal static class FolderFlush
{
    private const int ReadOnly = 0, InvalidArgument = 22;

    /// <summary>Returns when the names are on the disk. Does nothing on Windows, where the file system logs its names and no call flushes a folder.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void ToDisk(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        int handle = Open(folder, ReadOnly);
        if (handle < 0) throw Failed(folder);
        try
        {
            // file systems that keep no names on a disk of their own refuse the argument
            if (Flush(handle) != 0 && Marshal.GetLastPInvokeError() != InvalidArgument) throw Failed(folder);
        }
        finally
        {
            _ = Close(handle);
        }
    }

    private static IOException Failed(string folder) => new($"The names in the folder '{folder}' could not be brought to the disk: {Marshal.GetLastPInvokeErrorMessage()}.");

    [DllImport("libc", EntryPoint = "open", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Flush(int handle);

    [DllImport("libc", EntryPoint = "close"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int handle);
}
