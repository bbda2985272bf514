using Xunit;

namespace AutoGraph.Managed.Tests.Datasets;

/// <summary>Real data sets beside the repository; the tests over them are skipped, with the reason, where they are absent.</summary>
internal static class SharedData
{
    public static string Folder(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "shared", "data", name) is var path && Directory.Exists(path)) return path;
        Assert.Skip($"There is no folder shared/data/{name} in any folder above {AppContext.BaseDirectory}.");
        return "";
    }
}
