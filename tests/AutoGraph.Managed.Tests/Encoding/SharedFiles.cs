using Xunit;

namespace AutoGraph.Managed.Tests.Encoders;

/// <summary>Finds files that lie beside the repository and are not part of it.</summary>
internal static class SharedFiles
{
    /// <summary>The path below the first parent folder's <c>shared</c> that has it; skips the test where none has.</summary>
    public static string Require(string relative)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "shared", relative) is var path && Path.Exists(path))
                return path;
        Assert.Skip($"Found no 'shared/{relative}' in any folder above {AppContext.BaseDirectory}.");
        throw new InvalidOperationException("Assert.Skip returned.");
    }
}
