namespace AutoGraph.TestKit;

/// <summary>Where this repository lies.</summary>
public static class Repository
{
    /// <summary>The folder of AutoGraph.sln.</summary>
    public static string Root { get; } = SharedData.Ancestors(AppContext.BaseDirectory).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "AutoGraph.sln")))
        ?? throw new DirectoryNotFoundException($"Expected AutoGraph.sln above {AppContext.BaseDirectory}, found none. Run the tests from the repository's bin folders.");
}
