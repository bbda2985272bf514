using AutoGraph.Core.Interactions;
using AutoGraph.Core.Randomness;
using AutoGraph.Torch.Attention;
using AutoGraph.Torch.Enhancements;
using AutoGraph.Torch.Kernels;
using AutoGraph.Torch.Quantization;
using AutoGraph.Torch.Recommendation;
using AutoGraph.Torch.Tests.Enhancements;
using AutoGraph.Torch.Tests.Recommendation;
using AutoGraph.Torch.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace AutoGraph.Torch.Tests.Training;

/// <summary>
/// Every tensor of a training step and of inference is made on the modules' device. META stands for a GPU: its tensors have shapes and no
/// values, and an operation that mixes them with tensors of the CPU throws. What looks at values (k-means, choosing codes, the pairs of Eq. 6,
/// balanced assignment) cannot run there, nor can backward passes: libtorch has no kernels for them; they are libtorch's own on every device
/// but the CPU, and make their tensors where those of the step are.
/// </summary>
public sealed class DevicePlacementTests
{
    private static readonly RecommenderOptions Options = ToyWorld.Options with { Dropout = 0.2, GraphDropout = 0.2, UnknownRate = 0.1, NewItemRate = 0.1, Capsules = 2 };

    private const Enhancement Everything = Enhancement.AutoGraph | Enhancement.Kar | Enhancement.Uist | Enhancement.LightGcn | Enhancement.Ccgnn | Enhancement.TopoI2I | Enhancement.HistoryField | Enhancement.Alignment;

    public static TheoryData<Backbone, Enhancement> Parts { get; } = Pairs(Enum.GetValues<Backbone>(), [.. Enum.GetValues<Enhancement>(), Everything]);

    [Theory]
    [MemberData(nameof(Parts))]
    public void Step_BackboneAndEnhancement_StaysOnTheDevice(Backbone backbone, Enhancement enhancement) => Step(Options with { Backbone = backbone, Enhancement = enhancement });

    public static TheoryData<RankingLoss, NegativeSource> Losses { get; } = Pairs(Enum.GetValues<RankingLoss>(), Enum.GetValues<NegativeSource>());

    [Theory]
    [MemberData(nameof(Losses))]
    public void Step_LossAndNegatives_StaysOnTheDevice(RankingLoss loss, NegativeSource source)
    {
        var options = Options with { Loss = loss, NegativeSource = source };
        try { options.Validate(); }
        catch (ArgumentException) { return; }       // not every loss takes every source; options are checked elsewhere
        Step(options);
    }

    public static TheoryData<string> Forms { get; } = ["plain", "latest", "v2", "content", "layers", "gates", "literal"];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Step_FormOfTheGraph_StaysOnTheDevice(string name)
    {
        var form = name switch
        {
            "latest" => ToyWorld.GraphOptions with { UserNeighbors = UserNeighbors.Latest },
            "v2" => ToyWorld.GraphOptions with { AttentionV2 = true },
            "content" => ToyWorld.GraphOptions with { ContentNodes = true },
            "layers" => ToyWorld.GraphOptions with { Layers = 2, Dropout = 0.2 },
            "gates" => ToyWorld.GraphOptions with { Gates = true },
            "literal" => ToyWorld.GraphOptions with { Literal = true },
            _ => ToyWorld.GraphOptions,
        };
        Step(Options with { Enhancement = Enhancement.AutoGraph }, ToyWorld.Data(ToyWorld.Table(ToyWorld.Rows), form: form));
    }

    [Theory]
    [InlineData(CodebookUpdate.Gradient, false)]
    [InlineData(CodebookUpdate.Gradient, true)]
    [InlineData(CodebookUpdate.MovingAverage, false)]
    public void Step_RqVae_StaysOnTheDevice(CodebookUpdate update, bool rotate)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var options = new ResidualQuantizerOptions { Levels = 2, CodebookSize = 4, Dimension = 3, HiddenWidths = [5], CodebookUpdate = update, RotationTrick = rotate };
        var network = new RqVae(6, 4, options, generator);
        network.to(META);
        using var averages = update == CodebookUpdate.MovingAverage ? new CodebookAverages(network, 0.9) : null;
        var step = network.Loss(new InputScale([0, 0, 0, 0, 0, 0], 1).Apply(empty(8, 6, device: META)), 0.25);
        Learn(step.Total, network);
        averages?.Update(step.Codes, step.Residuals);
        Assert.All(step.Codes.Concat(step.Residuals), part => Assert.Equal(DeviceType.META, part.device_type));
    }

    [Fact]
    public void Find_NearestCodes_StayOnTheDevice()
    {
        using var scope = NewDisposeScope();
        var (codes, distances) = NearestCode.Find(empty(8, 3, device: META), empty(4, 3, device: META));
        Assert.Equal((DeviceType.META, DeviceType.META), (codes.device_type, distances.device_type));
        Assert.Equal(DeviceType.META, new Codebooks([empty(4, 3, device: META), empty(4, 3, device: META)]).Sum([0, 1, 2, 3], 2).device_type);
    }

    private static void Step(RecommenderOptions options, RecommenderData? given = null)
    {
        using var scope = NewDisposeScope();
        var data = given ?? EnhancementTests.Data(ToyWorld.Table(ToyWorld.Rows));
        var fit = new RecommenderFit(data, options, seed: 1, META);
        using var attention = options.Enhancement.HasFlag(Enhancement.AutoGraph) ? data.Graph!.Copy(data.Graph.Graph) : null;
        using var enhancer = fit.MakeEnhancer(attention, data.Train);
        using var model = fit.MakeModel(data.Train, enhancer?.Widths ?? EnhancementWidths.None);
        model.to(META);
        model.train();
        enhancer?.train();
        enhancer?.BeginEpoch(1);
        var random = RandomStream.For(1, "device placement");
        var samples = new TrainingSamples(new UserHistories(data.Train), options);
        using var alignment = fit.MakeAlignment();
        nn.Module[] modules = [.. new nn.Module?[] { model, enhancer, alignment }.OfType<nn.Module>()];
        Learn(new RecommenderTraining(model, enhancer, samples, options, 1, alignment).Loss(samples.Take([0, 1, 2, 3, 4, 5], ref random), ref random), modules);

        var scoring = UserScoring.From(model, enhancer, options.HistoryLength, data.Train.Users.Count);
        int[][] histories = [[1, 2], [], [3]];
        Assert.Equal(DeviceType.META, scoring.Users([0, 1, -1], row => histories[row]).device_type);
        Assert.Equal(DeviceType.META, scoring.Items.device_type);
    }

    /// <summary>A loss on the device, and a step of the optimizer with gradients there.</summary>
    private static void Learn(Tensor loss, params nn.Module[] modules)
    {
        Assert.Equal(DeviceType.META, loss.device_type);
        Assert.True(loss.requires_grad);
        var parameters = modules.SelectMany(module => module.parameters()).ToArray();
        using var optimizer = new AdamW(modules, 0.01, 0.01);
        foreach (var parameter in parameters.Where(parameter => parameter.requires_grad)) parameter.grad = zeros_like(parameter);
        optimizer.Step();
        Assert.All(parameters, parameter => Assert.Equal(DeviceType.META, parameter.device_type));
    }

    private static TheoryData<TA, TB> Pairs<TA, TB>(IEnumerable<TA> first, IEnumerable<TB> second)
    {
        var all = new TheoryData<TA, TB>();
        foreach (var a in first)
            foreach (var b in second) all.Add(a, b);
        return all;
    }
}
