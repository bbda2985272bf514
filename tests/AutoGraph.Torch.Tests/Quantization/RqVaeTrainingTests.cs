using AutoGraph.Torch.Quantization;
using AutoGraph.Torch.Tests.Kernels;
using AutoGraph.Torch.Tests.Training;
using AutoGraph.Torch.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Quantization;

public sealed class RqVaeTrainingTests
{
    private static readonly ResidualQuantizerOptions Options = new()
    {
        HiddenWidths = [12], Dimension = 4, CodebookSize = 16, Levels = 3, WarmUpEpochs = 5, Epochs = 10, BatchSize = 50, LearningRate = 3e-3,
    };

    [Fact]
    public void Loss_EncoderGradient_IsThatOfTheStraightThroughSurrogate()
    {
        using var scope = NewDisposeScope();
        using var network = Network(5, Options with { CodebookSize = 3, Levels = 2 });
        network.to(ScalarType.Float64);
        for (int level = 0; level < 2; level++) Set(network.Codebook(level), Numbers.Random(level, 3, 4));
        var vectors = Numbers.Random(7, 6, 5);
        var start = network.Encode(vectors).detach();
        var (codes, _, quantized) = network.Quantize(start);
        Tensor[] encoder = [.. network.named_parameters().Where(p => p.name.StartsWith("encoder.", StringComparison.Ordinal)).Select(p => p.parameter)];

        // the codes and everything under a stop-gradient stand still; what remains is an ordinary function of the encoder
        Tensor Surrogate()
        {
            var x = network.Encode(vectors);
            var loss = (vectors - network.Decode(x + (quantized - start))).square().sum(1).mean();
            var left = x;
            for (int level = 0; level < 2; level++)
            {
                left = left - network.Codebook(level).detach().index_select(0, codes[level]);
                loss = loss + 0.25 * left.square().sum(1).mean();
            }
            return loss;
        }

        Numbers.CheckGradients(Surrogate, encoder);
        var (expected, actual) = (Numbers.Gradients(Surrogate, encoder), Numbers.Gradients(() => network.Loss(vectors, 0.25).Total, encoder));
        for (int i = 0; i < encoder.Length; i++)
        {
            Numbers.AreClose(expected[i], actual[i], 1e-12);
            Assert.Contains(actual[i], value => Math.Abs(value) > 1e-3);
        }
    }

    [Fact]
    public void Loss_CodesWhileTraining_AreThoseOfInference()
    {
        using var scope = NewDisposeScope();
        using var network = Network(6, Options);
        var vectors = Clusters(200);
        new RqVaeTraining(network, vectors, Options, 16, 1).Run();
        network.train();
        var training = network.Loss(vectors, 0.25).Codes;
        network.eval();
        var inference = network.Quantize(network.Encode(vectors)).Codes;
        for (int level = 0; level < 3; level++) Assert.Equal(inference[level].data<long>().ToArray(), training[level].data<long>().ToArray());
    }

    [Fact]
    public void Run_AfterInitialization_EachLevelLeavesASmallerResidual()
    {
        using var scope = NewDisposeScope();
        using var network = Network(6, Options);
        var vectors = Clusters(300);
        new RqVaeTraining(network, vectors, Options with { Epochs = 0 }, 16, 1).Run();      // warm-up and k-means only
        var (_, residuals, quantized) = network.Quantize(network.Encode(vectors));
        double[] left = [.. residuals.Append(network.Encode(vectors) - quantized).Select(r => Numbers.Flat(r.square().sum(1).mean())[0])];
        for (int level = 0; level < 3; level++) Assert.True(left[level + 1] < left[level], string.Join(" → ", left));
    }

    [Fact]
    public void Run_CodesThatDie_RestartWhereAllowed()
    {
        double with = ActiveRatio(Options with { LearningRate = 0.01, Epochs = 20 });
        double without = ActiveRatio(Options with { LearningRate = 0.01, Epochs = 20, RestartUntil = 0 });
        Assert.True(with > 0.9, $"{with}");
        Assert.True(without < with, $"{without} without restarts, {with} with them");

        static double ActiveRatio(ResidualQuantizerOptions options)
        {
            using var scope = NewDisposeScope();
            using var network = Network(6, options);
            var vectors = Clusters(400);
            new RqVaeTraining(network, vectors, options, 16, 2).Run();
            return network.Quantize(network.Encode(vectors)).Codes.Min(codes => codes.data<long>().ToArray().Distinct().Count() / 16.0);
        }
    }

    [Fact]
    public void Run_Epochs_ReportedInOrderWithFallingLoss()
    {
        using var scope = NewDisposeScope();
        var seen = new List<TrainingProgress>();
        using var network = Network(6, Options);
        new RqVaeTraining(network, Clusters(200), Options with { Progress = new Sink(seen.Add) }, 16, 1).Run();
        Assert.Equal(Enumerable.Range(1, 15), seen.Select(p => p.Epoch));
        Assert.All(seen, p => Assert.Equal(("quantizer", 15), (p.Stage, p.Epochs)));
        Assert.True(seen[4].Loss < seen[0].Loss && seen[14].Loss < seen[5].Loss);
    }

    [Fact]
    public void Fit_Cancelled_Stops()
    {
        using var source = new CancellationTokenSource();
        int epochs = 0;
        var options = Options with { CancellationToken = source.Token, Progress = new Sink(_ => { if (++epochs == 3) source.Cancel(); }) };
        Assert.Throws<OperationCanceledException>(() => ResidualVectorQuantizer.Fit(Numbers.Flat(Clusters(100)).Select(x => (float)x).ToArray(), 6, options, 1));
        Assert.Equal(3, epochs);
    }

    [Fact]
    public void Fit_InvalidOptions_ListsAllProblems()
    {
        var error = Assert.Throws<ArgumentException>(() => ResidualVectorQuantizer.Fit(new float[60], 6, new()
        {
            Levels = 9, CodebookSize = 1, Dimension = 0, HiddenWidths = [8, 0], Commitment = -1, Epochs = 0, WarmUpEpochs = -1, BatchSize = 0, LearningRate = 0, InputNorm = 0, RestartUntil = 1.5,
            Quantizer = (Quantizer)9, CodebookUpdate = (CodebookUpdate)9, MovingAverageDecay = 1, Sinkhorn = -1, BeamWidth = 0, Patience = -1, RowsPerCode = 0, CheckpointEvery = 0,
        }, 1));
        foreach (string name in new[] { "Levels", "CodebookSize", "Dimension", "HiddenWidths", "Commitment", "Epochs", "WarmUpEpochs", "BatchSize", "LearningRate", "InputNorm", "RestartUntil",
            "Quantizer", "CodebookUpdate", "MovingAverageDecay", "Sinkhorn", "BeamWidth", "Patience", "RowsPerCode", "CheckpointEvery" })
            Assert.Contains(name + ":", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_RoomOrWidthThatDoesNotFit_SaysSo()
    {
        var fitted = ResidualVectorQuantizer.Fit(Numbers.Flat(Clusters(100)).Select(x => (float)x).ToArray(), 6, Options with { Epochs = 1 }, 1);
        Assert.Contains("room for 6 codes", Assert.Throws<ArgumentException>(() => fitted.Encode(new float[12], new int[5], [])).Message, StringComparison.Ordinal);
        Assert.Contains("which 6 does not divide", Assert.Throws<ArgumentException>(() => fitted.Encode(new float[13], [], [])).Message, StringComparison.Ordinal);
        fitted.Encode([], [], []);      // nothing to do is no error
        var (codes, quantized) = (new int[6], new float[8]);
        fitted.Encode(new float[12], codes, quantized);
        Assert.Equal(codes[..3], codes[3..]);
        Assert.Equal(quantized[..4], quantized[4..]);
    }

    private static RqVae Network(int width, ResidualQuantizerOptions options)
    {
        using var generator = new Generator(3, CPU);
        return new RqVae(width, options.CodebookSize, options, generator);
    }

    /// <summary>Sixteen clusters in six dimensions with some spread.</summary>
    private static Tensor Clusters(int rows) =>
        (Numbers.Random(1, 16, 6).index_select(0, tensor(Enumerable.Range(0, rows).Select(n => n % 16L).ToArray())) * 2 + Numbers.Random(2, rows, 6) * 0.2).to(ScalarType.Float32);

    private static void Set(Tensor parameter, Tensor values)
    {
        using var _ = no_grad();
        parameter.copy_(values);
    }
}
