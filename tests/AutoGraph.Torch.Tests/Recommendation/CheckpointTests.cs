using System.Diagnostics;
using System.Globalization;
using AutoGraph.Core.Graphs;
using AutoGraph.TestKit;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Tests.Training;
using AutoGraph.Torch.Training;
using Xunit;

namespace AutoGraph.Torch.Tests.Recommendation;

/// <summary>Runs that end too early go on to the bits of one that did not.</summary>
public sealed class CheckpointTests
{
    private const string FileVariable = "AUTOGRAPH_TEST_CHECKPOINT";

    private static RecommenderData Data => ToyWorld.Data(ToyWorld.Table(ToyWorld.Rows));

    /// <summary>Validation with ups and downs: patience runs out several times.</summary>
    private static readonly RecommenderOptions Options = ToyWorld.Options with
    {
        EarlyStopping = true,
        Epochs = 9,
        Schedule = LearningRateSchedule.Plateau,
        Patience = 1,
        Decays = 4,
        WarmUpEpochs = 1.5,
        GradientClip = 0.5,
        LearningRate = 0.05,
    };

    private static void Cancel(RecommenderOptions options, int afterEpoch)
    {
        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => TwoTowerRecommender.Train(Data,
            options with { CancellationToken = source.Token, Progress = new Sink(p => { if (p.Epoch == afterEpoch) source.Cancel(); }) }, 1));
    }

    private static IEnumerable<(int, double, double?, double)> Curve(TwoTowerRecommender model) => model.Report.Epochs.Select(e => (e.Epoch, e.Loss, e.ValidationNdcg, e.LearningRate));

    [Fact]
    public void Train_CheckpointOfAFitWithOtherLaterItems_IsRefused()
    {
        using var folder = new TempFolder();
        var options = ToyWorld.Options with { CheckpointPath = folder.File("run.checkpoint"), Epochs = 3 };
        using var source = new CancellationTokenSource();
        var data = ToyWorld.Data(ToyWorld.Table(ToyWorld.Rows.Where(row => row.Item > 1)));
        Assert.ThrowsAny<OperationCanceledException>(() => TwoTowerRecommender.Train(data with { LaterItems = [0] },
            options with { CancellationToken = source.Token, Progress = new Sink(p => { if (p.Epoch == 1) source.Cancel(); }) }, 1));
        Assert.Contains("found that of another", Assert.Throws<InvalidOperationException>(() => TwoTowerRecommender.Train(data with { LaterItems = [0, 1] }, options, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("found that of another", Assert.Throws<InvalidOperationException>(() => TwoTowerRecommender.Train(data, options, 1)).Message, StringComparison.Ordinal);
        Assert.Equal(3, TwoTowerRecommender.Train(data with { LaterItems = [0] }, options, 1).Report.Epochs.Count);
    }

    [Fact]
    public void Train_CancelledAfterEveryEpochInTurn_EndsWithTheSameBitsAndCurve()
    {
        using var folder = new TempFolder();
        var straight = TwoTowerRecommender.Train(Data, Options, 1);
        int epochs = straight.Report.Epochs.Count;
        Assert.True(epochs >= 4 && straight.Report.Epochs[^1].LearningRate < Options.LearningRate, "Expected a run with a fall of the learning rate.");
        var options = Options with { CheckpointPath = folder.File("run.checkpoint") };
        for (int epoch = 1; epoch < epochs; epoch++)
        {
            Cancel(options, epoch);
            Assert.Equal(["run.checkpoint"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
        }
        var seen = new List<int>();
        var resumed = TwoTowerRecommender.Train(Data, options with { Progress = new Sink(p => seen.Add(p.Epoch)) }, 1);
        Assert.Equal([epochs], seen);
        Assert.Equal(ToyWorld.Bits(straight.Save()), ToyWorld.Bits(resumed.Save()));
        Assert.Equal(Curve(straight), Curve(resumed));
        Assert.Equal(straight.Report.BestEpoch, resumed.Report.BestEpoch);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Theory]
    [InlineData(Backbone.Mind, Enhancement.None)]
    [InlineData(Backbone.SasRec, Enhancement.AutoGraph)]
    [InlineData(Backbone.Gru4Rec, Enhancement.FrozenVectors)]
    [InlineData(Backbone.YouTubeDnn, Enhancement.AutoGraph | Enhancement.LightGcn | Enhancement.HistoryField)]
    public void Train_CheckpointEverySecondEpoch_GoesOnFromTheLastOne(Backbone backbone, Enhancement enhancement)
    {
        using var folder = new TempFolder();
        var options = ToyWorld.Options with { Backbone = backbone, Enhancement = enhancement, Epochs = 5, CheckpointEvery = 2, NegativeSource = NegativeSource.SharedPopularity };
        var straight = TwoTowerRecommender.Train(Data, options, 1);
        options = options with { CheckpointPath = folder.File("run.checkpoint") };
        Cancel(options, 3);
        var seen = new List<int>();
        var resumed = TwoTowerRecommender.Train(Data, options with { Progress = new Sink(p => seen.Add(p.Epoch)) }, 1);
        Assert.Equal([3, 4, 5], seen);
        Assert.Equal(ToyWorld.Bits(straight.Save()), ToyWorld.Bits(resumed.Save()));
    }

    [Fact]
    public void Train_CheckpointOfAnotherFit_IsRefusedWithARemedyAndADamagedOneNamed()
    {
        using var folder = new TempFolder();
        var options = Options with { CheckpointPath = folder.File("run.checkpoint") };
        Cancel(options, 2);
        Refuses(Data, options, 2);
        Refuses(Data, options with { DecayFactor = 0.4 }, 1);
        Refuses(Data, options with { HiddenWidths = [16, 8] }, 1);
        Refuses(ToyWorld.Data(ToyWorld.Table(ToyWorld.Rows.Skip(1))), options, 1);
        Refuses(Data with { ItemFeatures = ToyWorld.NoFeatures(ToyWorld.Items) }, options, 1);
        Refuses(Data with { ItemNeighbors = Adjacency.FromEdges(ToyWorld.Items, ToyWorld.Items, [0], [1]) }, options, 1);
        Refuses(Data with { Validation = new([0], [0], [0, 1], [1]) }, options, 1);
        byte[] bytes = File.ReadAllBytes(options.CheckpointPath);
        bytes[^5] ^= 1;
        File.WriteAllBytes(options.CheckpointPath, bytes);
        Assert.Throws<InvalidDataException>(() => TwoTowerRecommender.Train(Data, options, 1));

        static void Refuses(RecommenderData data, RecommenderOptions options, int seed) => Assert.Contains("Delete it or name another RecommenderOptions.CheckpointPath",
            Assert.Throws<InvalidOperationException>(() => TwoTowerRecommender.Train(data, options, seed)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_ProcessesKilled_EndsWithTheSameBits()
    {
        using var folder = new TempFolder();
        string file = folder.File("run.checkpoint");
        int epochs = 0;
        foreach (int more in (int[])[1, 2])
        {
            using var process = Start(file);
            int seen = 0;
            while (seen < more && await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
                if (line.StartsWith("epoch ", StringComparison.Ordinal)) (seen, epochs) = (seen + 1, int.Parse(line[6..], CultureInfo.InvariantCulture));
            Assert.Equal(more, seen);
            process.Kill();                          // SIGKILL: nothing in the process can react to it
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        Assert.True(epochs >= 2 && File.Exists(file));
        var first = new List<int>();
        var resumed = TwoTowerRecommender.Train(Data, Killed with { CheckpointPath = file, Progress = new Sink(p => first.Add(p.Epoch)) }, 1);
        Assert.True(first[0] > 1, $"Went on with epoch {first[0]}.");
        Assert.Equal(ToyWorld.Bits(TwoTowerRecommender.Train(Data, Killed, 1).Save()), ToyWorld.Bits(resumed.Save()));
    }

    private static readonly RecommenderOptions Killed = Options with { Epochs = 40, Patience = 40 };

    /// <summary>Runs in a process of its own, started and killed by the test above.</summary>
    [Fact(Explicit = true)]
    public void Train_ToBeKilled_NamesEachEpochBeforeItsCheckpoint()
    {
        string path = Environment.GetEnvironmentVariable(FileVariable) ?? throw new InvalidOperationException($"Set {FileVariable} to a checkpoint file.");
        TwoTowerRecommender.Train(Data, Killed with
        {
            CheckpointPath = path,
            Progress = new Sink(p =>
        {
            using var output = new StreamWriter(Console.OpenStandardOutput());
            output.WriteLine($"epoch {p.Epoch}");
            if (p.Epoch == 30) Console.OpenStandardInput().ReadByte();       // which nobody writes: never to its end
        })
        }, 1);
    }

    private static Process Start(string file)
    {
        string program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardInput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") start.ArgumentList.Add(typeof(CheckpointTests).Assembly.Location);
        foreach (string argument in (string[])["-method", $"*{nameof(CheckpointTests)}.{nameof(Train_ToBeKilled_NamesEachEpochBeforeItsCheckpoint)}", "-explicit", "only", "-noLogo"]) start.ArgumentList.Add(argument);
        start.Environment[FileVariable] = file;
        return Process.Start(start)!;
    }
}
