namespace AutoGraph.Core.Persistence;

/// <summary>Writes files so that a reader finds the old content or the new, never half of it.</summary>
/// <remarks>Safe for concurrent use; of two writers of one path the last to finish wins.</remarks>
public static class AtomicFile
{
    /// <summary>Writes to a temporary name in the same folder, flushes it to disk and moves it over <paramref name="path"/>.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="write">Writes the content and leaves the stream open. Where it throws, the temporary file is deleted and the old file stays.</param>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string target = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(target) ?? throw new ArgumentException($"Expected a file, found the folder '{path}'.", nameof(path));
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"Expected the folder '{folder}', found none. Create it first.");
        if (Directory.Exists(target)) throw new IOException($"Expected a file, found the folder '{target}'.");
        // The same folder: a move across file systems would be a copy.
        string temporary = Path.Combine(folder, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
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
    }
}
