using AutoGraph.TestKit;
using AutoGraph.Torch.Quantization;
using AutoGraph.Torch.Tests.Kernels;
using AutoGraph.Torch.Tests.Recommendation;
using AutoGraph.Torch.Tests.Training;
using AutoGraph.Torch.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Quantization;

/// <summary>Moving averages, rotation, balanced assignment, beams, early stop and checkpoints of the RQ-VAE.</summary>
public sealed class RqVaeOptionsTests
{
    private static readonly ResidualQuantizerOptions Options = new()
    {
        HiddenWidths = [12], Dimension = 4, CodebookSize = 8, Levels = 2, WarmUpEpochs = 4, Epochs = 10, BatchSize = 50, LearningRate = 3e-3,
    };

    private static readonly float[] Vectors = ResidualVectorQuantizerTests.Clusters(200);

    [Fact]
    public void RotatedGradient_OneRow_EqualsHandComputed()
    {
        using var scope = NewDisposeScope();
        // x = (2, 0), x̂ = (0, 1): rotation by +90°, scaling by 1/2; the gradient (a, b) of x̂ becomes ½ Rᵀ(a, b) = ½ (b, −a)
        var x = tensor(new[] { 2.0, 0.0 }, 1, 2);
        x.requires_grad = true;
        var passed = RotatedGradient.Pass(x, tensor(new[] { 0.0, 1.0 }, 1, 2));
        Numbers.AreClose([0, 1], Numbers.Flat(passed), 1e-12);
        (passed * tensor(new[] { 3.0, 5.0 }, 1, 2)).sum().backward();
        Numbers.AreClose([2.5, -1.5], Numbers.Flat(x.grad!), 1e-9);
    }

    [Fact]
    public void BalancedAssignment_CrowdedRows_SpreadOverTheCodes()
    {
        using var scope = NewDisposeScope();
        // four rows, all nearest to code 0; code 1 gets the half that it costs least
        var rows = tensor(new float[] { 0, 0.1f, 0.2f, 0.3f }, 4, 1);
        var codebook = tensor(new float[] { 0, 1 }, 2, 1);
        Assert.Equal([0, 0, 0, 0], NearestCode.Find(rows, codebook).Codes.data<long>().ToArray());
        Assert.Equal([0, 0, 1, 1], BalancedAssignment.Assign(rows, codebook, 0.05).data<long>().ToArray());
    }

    [Fact]
    public void CodebookAverages_OneStep_EqualsHandComputed()
    {
        using var scope = NewDisposeScope();
        using var network = Network(Options with { CodebookUpdate = CodebookUpdate.MovingAverage, CodebookSize = 2, Levels = 1, Dimension = 1 });
        using (no_grad()) network.Codebook(0).copy_(tensor(new float[] { 2, 7 }, 2, 1));
        Assert.False(network.Codebook(0).requires_grad);
        using var averages = new CodebookAverages(network, 0.75);
        averages.Update([tensor(new long[] { 0, 0 })], [tensor(new float[] { 4, 6 }, 2, 1)]);
        // n = .75·1 + .25·2 = 1.25, m = .75·2 + .25·10 = 4; the code that no row chose keeps its place
        Numbers.AreClose([3.2, 7], Numbers.Flat(network.Codebook(0)), 1e-6);
    }

    [Theory]
    [InlineData(CodebookUpdate.MovingAverage, false, 0)]
    [InlineData(CodebookUpdate.Gradient, true, 0)]
    [InlineData(CodebookUpdate.Gradient, false, 0.05)]
    [InlineData(CodebookUpdate.MovingAverage, true, 0.05)]
    public void Fit_EachWayToTrain_StaysHealthy(CodebookUpdate update, bool rotate, double sinkhorn)
    {
        var options = Options with { CodebookUpdate = update, RotationTrick = rotate, Sinkhorn = sinkhorn, Epochs = 20 };
        var health = ResidualVectorQuantizer.Fit(Vectors, 6, options, 1).Health;
        Assert.All(health.Levels, level => Assert.True(level.ActiveRatio > 0.8, $"{level}"));
        Assert.True(health.RelativeError < 0.7, $"{health}");
    }

    [Fact]
    public void Encode_WiderBeam_NeverEndsFartherFromTheRow()
    {
        using var scope = NewDisposeScope();
        var rows = Numbers.Random(1, 300, 4).@float();
        var books = new Codebooks(Enumerable.Range(0, 3).Select(level => Numbers.Random(5 + level, 12, 4).@float() * (float)Math.Pow(0.5, level)));
        double Error(int beam) => (rows - books.Sum(new ResidualSearch(beam).Assign(rows, books), 3)).square().sum().item<float>();
        double greedy = Error(1), narrow = Error(4);
        Assert.True(narrow < greedy, $"{greedy} greedy, {narrow} with 4 paths");
        // all paths kept: the nearest of all 12³ sums
        int[] best = new ResidualSearch(64).Assign(rows.narrow(0, 0, 20), books);
        var all = books[0].unsqueeze(1).unsqueeze(1) + books[1].unsqueeze(0).unsqueeze(2) + books[2].unsqueeze(0).unsqueeze(0);
        var sums = all.view(-1, 4);
        for (int row = 0; row < 20; row++)
        {
            double lowest = (sums - rows[row]).square().sum(1).min().item<float>();
            double found = (rows[row] - books.Sum(best[(row * 3)..(row * 3 + 3)], 3)).square().sum().item<float>();
            Assert.True(found <= lowest * 1.3 + 1e-6, $"{lowest} at best, {found} found");
        }
    }

    [Fact]
    public void Fit_NoFurtherGain_StopsEarly()
    {
        int epochs = 0;
        var options = Options with { Epochs = 400, Patience = 3, Progress = new Sink(_ => epochs++) };
        ResidualVectorQuantizer.Fit(Vectors, 6, options, 1);
        Assert.InRange(epochs, 8, 399);
    }

    [Theory]
    [InlineData(CodebookUpdate.Gradient, 3)]
    [InlineData(CodebookUpdate.Gradient, 9)]
    [InlineData(CodebookUpdate.MovingAverage, 6)]
    public void Fit_StoppedAndResumed_EndsWithTheSameBits(CodebookUpdate update, int stopAfter)
    {
        using var folder = new TempFolder();
        var options = Options with { CodebookUpdate = update };
        var straight = ToyWorld.Bits(ResidualVectorQuantizer.Fit(Vectors, 6, options, 1).Save());
        string file = folder.File("quantizer.checkpoint");
        using var source = new CancellationTokenSource();
        int epochs = 0;
        var stopped = options with { CheckpointPath = file, CheckpointEvery = 1, CancellationToken = source.Token, Progress = new Sink(_ => { if (++epochs == stopAfter + 1) source.Cancel(); }) };
        Assert.ThrowsAny<OperationCanceledException>(() => ResidualVectorQuantizer.Fit(Vectors, 6, stopped, 1));
        Assert.True(File.Exists(file));

        var seen = new List<int>();
        var resumed = ResidualVectorQuantizer.Fit(Vectors, 6, options with { CheckpointPath = file, Progress = new Sink(p => seen.Add(p.Epoch)) }, 1);
        Assert.Equal(straight, ToyWorld.Bits(resumed.Save()));
        Assert.InRange(seen[0], stopAfter + 1, stopAfter + 2);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public void Fit_CheckpointOfAnotherSeed_IsRefusedWithARemedy()
    {
        using var folder = new TempFolder();
        using var source = new CancellationTokenSource();
        var options = Options with { CheckpointPath = folder.File("quantizer.checkpoint"), CheckpointEvery = 1 };
        int epochs = 0;
        Assert.ThrowsAny<OperationCanceledException>(() => ResidualVectorQuantizer.Fit(Vectors, 6, options with { CancellationToken = source.Token, Progress = new Sink(_ => { if (++epochs == 3) source.Cancel(); }) }, 1));
        Assert.Contains("Delete it or name another ResidualQuantizerOptions.CheckpointPath", Assert.Throws<InvalidOperationException>(() => ResidualVectorQuantizer.Fit(Vectors, 6, options, 2)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => ResidualVectorQuantizer.Fit(Vectors, 6, options with { RowsPerCode = 1 }, 1));      // restarts draw from that many rows
        byte[] bytes = File.ReadAllBytes(options.CheckpointPath);
        bytes[^5] ^= 1;
        File.WriteAllBytes(options.CheckpointPath, bytes);
        Assert.Throws<InvalidDataException>(() => ResidualVectorQuantizer.Fit(Vectors, 6, options, 1));
    }

    private static RqVae Network(ResidualQuantizerOptions options)
    {
        using var generator = new Generator(3, CPU);
        return new RqVae(6, options.CodebookSize, options, generator);
    }
}
