namespace AutoGraph.Datasets;

/// <summary>Finds and opens a data file that may be gzip-compressed.</summary>
internal static class DataFile
{
    public static bool Exists(string folder, string name) => Find(folder, name) is not null;

    /// <summary>The path of a file or of its compressed form.</summary>
    /// <exception cref="FileNotFoundException">Neither is there.</exception>
    public static string Locate(string folder, string name) => Find(folder, name)
        ?? throw new FileNotFoundException($"Expected the file '{name}' or '{name}.gz' in '{folder}', found neither. Unpack the data set there.", Path.Combine(folder, name));

    public static Stream Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        return IsCompressed(path) ? new WholeGzipStream(file) : file;
    }

    public static bool IsCompressed(string path) => path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    private static string? Find(string folder, string name)
    {
        string plain = Path.Combine(folder, name), compressed = plain + ".gz";
        return File.Exists(plain) ? plain : File.Exists(compressed) ? compressed : null;
    }
}
