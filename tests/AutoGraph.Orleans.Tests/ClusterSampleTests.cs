using AutoGraph.Datasets;
using AutoGraph.TestKit;
using Xunit;

namespace AutoGraph.Orleans.Tests;

/// <summary>The built program of samples/Cluster; its silos have fixed ports, so one test at a time.</summary>
[CollectionDefinition(nameof(ClusterSample))]
public sealed class ClusterSample
{
    internal static string Program
    {
        get
        {
            string path = Path.Combine(Repository.Root, "samples", "Cluster", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "Cluster.dll");
            return File.Exists(path) ? path : throw new FileNotFoundException($"Expected {path}, found none: build samples/Cluster first.");
        }
    }
}

/// <summary>The lesson of samples/Cluster on a small world: silos are processes of the built program.</summary>
[Collection(nameof(ClusterSample))]
public sealed class ClusterSampleTests
{
    [Fact]
    public async Task Cluster_SmallWorld_ThreeProcessesAnswerAsOneMachine()
    {
        using var folder = new TempFolder();
        Assert.True(await global::Cluster.Lesson.RunAsync(new SampleWorldOptions { Seed = 3, Readers = 60, Books = 60 }, folder.Path, ClusterSample.Program, postgres: null));
    }
}
