namespace AutoGraph.TestKit;

/// <summary>The public data sets and encoders that lie in a folder "shared" beside the repository or above it; never part of it.</summary>
/// <example><code>
/// string? folder = SharedData.Find("data/ml-1m");
/// Assert.SkipWhen(folder is null, SharedData.Absent("data/ml-1m"));
/// </code></example>
public static class SharedData
{
    private static readonly string? Root = Ancestors(AppContext.BaseDirectory)
        .Select(folder => Path.Combine(folder, "shared"))
        .FirstOrDefault(folder => Directory.Exists(Path.Combine(folder, "data")));

    /// <summary>Full path of a file or folder such as "data/ml-1m", or null where it is absent.</summary>
    public static string? Find(string relativePath)
    {
        if (Root is null) return null;
        string path = Path.Combine(Root, relativePath.Replace('/', Path.DirectorySeparatorChar));
        return Path.Exists(path) ? path : null;
    }

    /// <summary>Why a test over a missing file or folder is skipped.</summary>
    public static string Absent(string relativePath) => Root is null
        ? $"No folder shared/data beside or above {AppContext.BaseDirectory}, so shared/{relativePath} is absent."
        : $"{Path.Combine(Root, relativePath)} is absent.";

    internal static IEnumerable<string> Ancestors(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent) yield return at.FullName;
    }
}
