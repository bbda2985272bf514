namespace AutoGraph.TestKit;

/// <summary>An empty folder of its own that deletes itself with everything in it.</summary>
public sealed class TempFolder : IDisposable
{
    public TempFolder() => Path = Directory.CreateTempSubdirectory("autograph-test-").FullName;

    public string Path { get; }

    /// <summary>The full path of a name inside.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
    }
}
