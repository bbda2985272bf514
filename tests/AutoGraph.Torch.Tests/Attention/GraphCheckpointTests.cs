using AutoGraph.TestKit;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Tests.Recommendation;
using AutoGraph.Torch.Tests.Training;
using Xunit;

namespace AutoGraph.Torch.Tests.Attention;

/// <summary>A graph that is trained by itself and stopped goes on to the bits of one that was not.</summary>
public sealed class GraphCheckpointTests
{
    private static readonly MetapathGraphOptions Options = ToyWorld.GraphOptions with { Training = GraphTraining.Standalone, Epochs = 5, LearningRate = 0.01, Dropout = 0.1 };

    private static MetapathGraphModel Fit(MetapathGraphOptions options, int seed = 5) =>
        MetapathGraphModel.Fit(ToyWorld.Graph(ToyWorld.Rows), options, seed, content: options.ContentNodes ? ToyWorld.Content : null);

    private static void Cancel(MetapathGraphOptions options, int afterEpoch)
    {
        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Fit(options with { CancellationToken = source.Token, Progress = new Sink(p => { if (p.Epoch == afterEpoch) source.Cancel(); }) }));
    }

    [Theory]
    [InlineData(UserNeighbors.Latest, false)]
    [InlineData(UserNeighbors.Sampled, true)]
    public void Fit_CancelledAfterEveryEpochInTurn_EndsWithTheSameBits(UserNeighbors neighbors, bool content)
    {
        using var folder = new TempFolder();
        var options = Options with { UserNeighbors = neighbors, ContentNodes = content, FullNeighborhoods = false, NeighborSample = 2 };
        var (losses, straight) = (new List<double>(), new List<double>());
        var expected = Fit(options with { Progress = new Sink(p => straight.Add(p.Loss)) });
        options = options with { CheckpointPath = folder.File("graph.checkpoint") };
        for (int epoch = 1; epoch < options.Epochs; epoch++)
        {
            Cancel(options, epoch);
            Assert.Equal(["graph.checkpoint"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
        }
        var resumed = Fit(options with { Progress = new Sink(p => losses.Add(p.Loss)) });
        Assert.Equal([straight[^1]], losses);
        Assert.Equal(ToyWorld.Bits(expected.Save()), ToyWorld.Bits(resumed.Save()));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Fit_CheckpointEverySecondEpoch_GoesOnFromTheLastOne()
    {
        using var folder = new TempFolder();
        var expected = Fit(Options);
        var options = Options with { CheckpointPath = folder.File("graph.checkpoint"), CheckpointEvery = 2 };
        Cancel(options, 3);
        var seen = new List<int>();
        var resumed = Fit(options with { Progress = new Sink(p => seen.Add(p.Epoch)) });
        Assert.Equal([3, 4, 5], seen);
        Assert.Equal(ToyWorld.Bits(expected.Save()), ToyWorld.Bits(resumed.Save()));
    }

    [Fact]
    public void Fit_CheckpointOfAnotherFit_IsRefusedWithARemedyAndADamagedOneNamed()
    {
        using var folder = new TempFolder();
        var options = Options with { CheckpointPath = folder.File("graph.checkpoint"), ContentNodes = true };
        Cancel(options, 2);
        Refuses(() => Fit(options, 6));
        Refuses(() => Fit(options with { Negatives = 9 }));
        Refuses(() => MetapathGraphModel.Fit(ToyWorld.Graph(ToyWorld.Rows.Skip(1)), options, 5, content: ToyWorld.Content));
        Refuses(() => MetapathGraphModel.Fit(ToyWorld.Graph(ToyWorld.Rows), options, 5, content: ToyWorld.Content with { Items = null }));
        byte[] bytes = File.ReadAllBytes(options.CheckpointPath);
        bytes[^5] ^= 1;
        File.WriteAllBytes(options.CheckpointPath, bytes);
        Assert.Contains("checksum", Assert.Throws<InvalidDataException>(() => Fit(options)).Message, StringComparison.Ordinal);

        static void Refuses(Action fit) => Assert.Contains("Delete it or name another MetapathGraphOptions.CheckpointPath",
            Assert.Throws<InvalidOperationException>(fit).Message, StringComparison.Ordinal);
    }
}
