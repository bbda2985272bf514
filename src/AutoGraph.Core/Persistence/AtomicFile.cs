namespace AutoGraph.Core.Persistence;

/// <summary>Writes files so that a reader finds the old content or the new, never half of it.</summary>
/// <remarks>Safe for concurrent use; of two writers of one path the last to finish wins.</remarks>
internal static class AtomicFile
{
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromHours(1);

    /// <summary>Writes to a temporary name in the same folder, flushes it to disk, moves it over <paramref name="path"/> and flushes the folder.</summary>
    /// <param name="path">The file, or a link to it, which stays; its folder must exist.</param>
    /// <param name="write">
    /// Writes the content and leaves the stream open; what it wrote can be read back. Where it throws, the temporary file is deleted and the old file stays. What a
    /// killed process left is deleted by a later call.
    /// </param>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string target = TargetOf(path);
        string folder = Path.GetDirectoryName(target) ?? throw new ArgumentException($"Expected a file, found the folder '{path}'.", nameof(path));
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"Expected the folder '{folder}', found none. Create it first.");
        if (Directory.Exists(target)) throw new IOException($"Expected a file, found the folder '{target}'.");
        DeleteAbandoned(folder, Path.GetFileName(target));
        // The same folder: a move across file systems would be a copy.
        string temporary = Path.Combine(folder, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
        FolderFlush.ToDisk(folder);
    }

    /// <summary>The full path of a file, of the one that a link leads to where it is a link: to move a file over a link would replace the link.</summary>
    public static string TargetOf(string path) => Path.GetFullPath(new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName);

    // Of killed writers: nobody holds such a file open, and none waits that long between its last byte and the move.
    private static void DeleteAbandoned(string folder, string name)
    {
        foreach (string file in Directory.EnumerateFiles(folder, $".{name}.*.tmp"))
        {
            if (DateTime.UtcNow - File.GetLastWriteTimeUtc(file) < AbandonedAfter) continue;
            try
            {
                using var unused = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.Delete, bufferSize: 1, FileOptions.DeleteOnClose);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // still written by a slow process, or another one was faster to delete it
            }
        }
    }
}
