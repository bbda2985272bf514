using System.IO.Compression;
using System.Text;

namespace AutoGraph.Managed.Tests.Datasets;

/// <summary>A folder for one test, removed afterwards.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("autograph-").FullName;

    public string Write(string name, string text, Encoding? encoding = null)
    {
        string path = System.IO.Path.Combine(Path, name);
        byte[] bytes = (encoding ?? Encoding.Latin1).GetBytes(text);
        File.WriteAllBytes(path, name.EndsWith(".gz", StringComparison.Ordinal) ? Gzip(bytes) : bytes);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static byte[] Gzip(byte[] bytes)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Fastest)) gzip.Write(bytes);
        return memory.ToArray();
    }
}
